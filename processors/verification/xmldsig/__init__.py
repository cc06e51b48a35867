"""What every XML signature has in common (XMLDSig), whatever it is over: the envelope or an attachment.

vocabulary   the algorithms and names that are known
elements     the elements of SignedInfo, read strictly
canonical    the bytes that are hashed
"""
