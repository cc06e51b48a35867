"""The XML signature of a packet's envelope (XMLDSig) and which attachments it binds.

template    the one shape that is understood
signature   digest, value, certificate
policy      what that means for the document
"""
