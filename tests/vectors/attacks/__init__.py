"""The catalogue of attacks: one function makes one attack and, without the one thing that is wrong, its honest twin.

vector     what an attack is, and how it is judged: as a whole document, as the verifier does
paper      a page with one signature by any message     messages   signed messages (CMS) put together by hand
houses     authorities, certificates and lists          letters    whole packets whose envelope is signed
page       docs/attacks.md (`python -m tests.vectors.attacks` writes it) and the order of the modules; all others are attacks
"""
