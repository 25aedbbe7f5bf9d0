-- Steps of a chain that each candidate passes by themselves (a trial, an interview where the plan says so): which of them this
-- one has passed, from which day to which, and which office says so. Each step once, as a list of
-- {place, from, until, office}; who acted for the office stands in the record.
alter table vetting_case
    add column own_steps jsonb not null default '[]' check (jsonb_typeof(own_steps) = 'array');

-- A constitution may have those present decide a tie by a show of hands: it is registered as a lot is.
alter table contest
    drop constraint contest_tie,
    add constraint contest_tie check (rules ->> 'tie' in ('vacant', 'second_round', 'lot', 'hands'));
