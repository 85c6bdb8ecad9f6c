"""The inpainting models that artists have, run through diffusers.

`engine` is the engine; `families` is the table of what is supported; `description` and `settings`
say what a model on disk is, without torch. A pass: `plan` turns strength and steps into a schedule,
`threaded_steps` runs the stock pipeline in a thread and hands its steps over, `soft_mask` is the
mask's per-step rule, `caches` keeps what need not be computed twice, `preview` shows latents as
colours.

The stock pipeline's own `__call__` does the denoising, in a worker thread that hands over each step
and is stopped by an exception from its step callback. A loop of our own could be a plain generator,
but there would have to be one for each of a dozen pipelines, each a copy that ages; this way a
pass with nothing held is the stock pipeline, bit for bit.
"""
