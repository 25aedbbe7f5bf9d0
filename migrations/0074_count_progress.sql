-- How far a count is, as the portal that makes it last said: its transaction shows nothing before its end, and at
-- another portal people read that passphrases were still being collected.
alter table count_holder
    -- Envelopes opened so far and all; null while shares are collected.
    add column opened integer check (opened >= 0),
    add column envelopes integer check (envelopes >= 0),
    -- Why it stopped without a result.
    add column halted text check (length(halted) between 1 and 300),
    add constraint count_progress check (num_nonnulls(opened, envelopes) in (0, 2)
                                         and (halted is null or opened is not null));
