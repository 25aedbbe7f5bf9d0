-- A hyphen is nothing that names fold, and half of all classes have one (计科22-1班): their keys are made without the folding,
-- which takes a hundred times as long. They are the keys that they were.
create or replace function name_key(name text) returns text language sql immutable parallel safe
return case when name ~ '^[-0-9A-Za-z()\u4e00-\u9fff\u00b7]*$' then replace(name, U&'\00B7', '')
            else folded_name(usual_width(name)) end;
