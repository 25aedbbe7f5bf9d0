-- The address under which people reach a university that moved, as the operator said it: at the old place nobody comes in any more.
alter table moved_university
    add column address text check (length(address) between 8 and 300);
