"""A run as one HTML file that needs nothing else; the only place where text becomes markup.

Documents, questions and answers may hold anything, so no text reaches the page except through
`eval.html.markup.escape`, and the page's own policy forbids every script but its own and every request.
"""
