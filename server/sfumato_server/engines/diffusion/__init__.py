"""The inpainting models that artists have, run through diffusers.

What a model on disk is, without torch:

    families            the table of what is supported, and all that differs between families
    description         a folder or file, recognised by its class's name or its tensors' names
    settings            what an artist says of it, in TOML
    safetensors_header  names and shapes of tensors, read without torch
    schedulers          by the names that people know them by
    naming              what it is listed as
    engine              the engine's traits; `load` imports the rest, and with it diffusers

A model that is loaded, and a pass with it:

    loaded              its pipeline and caches; a pass with less memory where it ran out
    loading device      from disk, with no look at the network; where it goes and in which format
    lora                LoRAs of its settings and of a prompt
    one_pass            one stock call of the pipeline
    plan                strength and steps become a schedule
    threaded_steps      the call runs in a thread and hands over its steps
    soft_mask           the mask's rule for each step
    caches              prompts and latents that need not be computed twice
    preview             latents as colours

The stock pipeline's own `__call__` does the denoising, in a worker thread that hands over each step
and is stopped by an exception from its step callback. A loop of our own could be a plain generator,
but there would have to be one for each of a dozen pipelines, each a copy that ages; this way a
pass with nothing held is the stock pipeline, bit for bit.
"""
