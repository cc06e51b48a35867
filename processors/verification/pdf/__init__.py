"""The signatures of a PDF (ISO 32000-1 §12.8), found by one of two lanes and judged by the same steps.

judge        every signature of a file; none unjudged
byteranges   strict bytes, before any parser
strict       our own reader: syntax, xref, file, fields; later revisions by update, permitted, additions
general      pyHanko's reader and its analysis of changes, for what is written less strictly, and to compare
signature    one signature, step by step
"""
