"""Engines by name: an engine is given as "package.module:Class" and imported when asked for.

"package.module:Class#argument" names a class that has one engine for each of many things (models,
say): its class method `of(argument)` gives the engine class.
"""

from __future__ import annotations

from importlib import import_module

from .base import Engine, EngineError, EngineTraits

BUILT_IN = ("sfumato_server.engines.retouch.engine:Retouch",)


def load_class(spec: str) -> type[Engine]:
    """The engine class that `spec` names, see the module. Raises `EngineError`."""
    path, _, argument = spec.partition("#")
    module_name, colon, class_name = path.partition(":")
    if not (colon and module_name and class_name):
        raise EngineError(f'Engine "{spec}" is not of the form "package.module:Class".')
    try:
        module = import_module(module_name)
    except ImportError as error:
        raise EngineError(
            f'Engine "{spec}": the module {module_name} cannot be imported ({error}). '
            "Check the spelling and that its package is installed."
        ) from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type):
        raise EngineError(f'Engine "{spec}": {module_name} has no class {class_name}.')
    if argument and hasattr(found, "of"):
        found = found.of(argument)
    if not isinstance(getattr(found, "traits", None), EngineTraits):
        raise EngineError(f'Engine "{spec}": {class_name} is no engine, it has no traits.')
    return found


def traits_of(spec: str) -> EngineTraits:
    """What the engine is, without loading it. Raises `EngineError`."""
    return load_class(spec).traits
