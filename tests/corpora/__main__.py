"""Judge every file of the collections and write the table anew."""

from tests.corpora.table import rows, write

write(list(rows()))
