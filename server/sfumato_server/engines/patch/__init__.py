"""Large holes filled with pieces of what is around them.

No weights, no download. It copies from the same crop and cannot invent what is not there; prompts
have no effect. A fill is a shift map: every px of the hole has an offset to the px that it copies.
Offsets are those at which the surroundings repeat, so that lines, lattices and textures go on, and
they are shared out so that the cuts between pieces cost least. Nothing is averaged. From a job to
its picture, file by file:

    fill        holes, one after another: smooth, or level by level
    clear       a smooth surface with grain, where the surroundings are that
    pyramid     the window around a hole at several scales, with texture channels
    offsets     at which offsets the surroundings repeat
    labels      which px takes which: belief propagation at the coarsest level
    cuts        regions and their borders at each finer level
    render      the copies with their cuts closed by Poisson's equation
"""
