"""The model families by their keys."""

from sfumato_server.engines.diffusion.families import FAMILIES

BY_KEY = {family.key: family for family in FAMILIES}
