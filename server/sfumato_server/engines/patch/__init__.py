"""The built-in engine: a diffusion sampler whose denoiser is the picture's own patches.

No weights, no download. It copies texture from the same crop and cannot invent what is not there;
prompts have no effect. Pictures are in −1..1 and noise σ in the same units. Under locality and
translation equivariance the best estimate of a noisy picture x = x₀ + σε is a posterior mean over
the known patches dₖ (Kamb and Ganguli, "An analytic theory of creativity in convolutional diffusion
models", 2024), and an ordinary sampler goes from noise to noise:

    x̂₀(window) = Σₖ softmaxₖ(−½ Σ w (x − dₖ)²) dₖ,    w = 1 / (σ² + m²) free, 1 / m² known
    x′ = x + (σ′ − σ) (x − x̂₀) / σ

with m the misfit that a copied patch may have. Levels of the crop reduced 8, 4, 2 and 1 times are
sampled one after another. A px of mask D is free in the last ⌊D · steps⌋ of a run's steps. From a
job to its picture, file by file:

    engine      what the engine is; `load` imports the rest, and with it torch
    tries       makes several runs of a job at full strength
    run         one run: its levels, and on each Euler's steps
    schedule    what strength means: noise and steps of each level, how old content fades
    pyramid     the crop at several scales, with texture channels
    windows     p × p windows of a picture: cut out, gathered, folded back
    search      which known windows a noisy window may be
    denoiser    x̂₀ from those, windows merged by their precision
    handover    what a level starts from: the coarsest, and from one to the next finer one
    render      the last picture: every px copied from one place, cuts closed by Poisson's equation
    detail      the fine detail that copying takes away
    choice      which of the tries is best, told without the truth
    quiet       its edge, made as visible as its surroundings would have it
"""
