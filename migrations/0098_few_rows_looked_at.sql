-- Rows of a file are analyzed once they are written, so that whoever looks at them is not planned for as if there were none.
-- There are few states and files, and numbers of rows that follow each other: a tenth of the usual sample says as much.
alter table import_row alter column import_id set statistics 10, alter column row set statistics 10,
    alter column state set statistics 10;
