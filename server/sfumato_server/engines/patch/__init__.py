"""The built-in engine: a diffusion sampler whose denoiser is the picture's own patches."""
