-- What a list of students was compared with: how many rows there were of people, their offices and places, where they lay and
-- who had written them, as one text. A list is committed as it was previewed where that is still so; otherwise it is
-- compared once more. It says nothing about anybody, and in another database nothing is as it was.
alter table import add compared_with text check (length(compared_with) between 1 and 400);
