"""From values to HTML: pure functions, and the only place where text becomes markup.

Documents, file names, questions and answers may hold anything, so no text reaches the page except through
`escape`.
"""
