"""Reports over a period: what the axis' operator owes its superiors, and lists for every day. Rows come from the register and the directory in force.

`kinds.REPORTS` names them; each has a file of its own that yields rows, `columns.yaml` says which fields people see and under what title.
Rows are mappings, so the web may show the same ones.
"""
