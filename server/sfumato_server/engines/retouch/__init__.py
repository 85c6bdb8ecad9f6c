"""The built-in engine: what an honest retoucher does without a model.

Nothing is learned and nothing invented; light, grain and texture come from the picture itself. From
a job to its picture, file by file:

    engine      what the engine is, and which tool a pass gets
    outline     the line round a region, and the picture unrolled along it
    jump        how far light and colour step across that line, told from the picture's own edges
    soft        the same of an edge that is feathered, and how soft it is
    field       from those steps to a field over the region
    grade       light and colour brought to what lies around (whole and wide passes)
    seam        features aligned along the line and the step closed (ring passes)
    pieces      a spotted or scratched region, piece by piece
    spot        one piece healed with what is confirmed of the texture near by
    places      the places near by whose surroundings look most alike

Regions too large for one place are filled by `engines.patch`.
"""
