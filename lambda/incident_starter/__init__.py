"""The Lambda behind an incident starter: any alarm or event in, one incident out.

It imports the standard library and botocore, nothing else, and none of the constructs.
`limits`, `titles` and `trailers` are pure and also serve the checks at synthesis.
"""
