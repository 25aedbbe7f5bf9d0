-- An overview of a university's unions (对照检查总览) that was judged once is shown again for as long as nothing changed of what
-- it was judged from. Stamps say so to every portal on the database: they change in the transaction that changes the facts,
-- so that whoever reads the same stamps before and after has read the same facts.
create table fact_stamp (
    stamp uuid primary key default gen_random_uuid(),
    -- The union whose facts changed; all zeros: facts that unions share. No foreign key: it would lock the union's row, and
    -- whoever changes something of one union would wait for who changes something else of it.
    scope uuid not null
);
create index fact_stamp_scope on fact_stamp (scope);

-- New stamps in the place of the old ones. Nobody waits: a stamp that somebody else is replacing at this moment stays beside
-- the new one until the next change, which does no harm.
create function stamp_facts(scopes uuid[]) returns void language plpgsql as $$
declare
    unstamped uuid[];
begin
    -- Once a transaction is enough: others see all of what it does or nothing.
    unstamped := array(
        select distinct s from unnest(scopes) s
        where s is not null and not exists (
            select from fact_stamp f where f.scope = s and f.xmin = pg_current_xact_id()::xid));
    if cardinality(unstamped) = 0 then
        return;
    end if;
    delete from fact_stamp f where f.stamp in (
        select o.stamp from fact_stamp o where o.scope = any(unstamped) for update skip locked);
    insert into fact_stamp (scope) select s from unnest(unstamped) s;
end $$;

create function stamp_shared_facts() returns trigger language plpgsql as $$
begin
    perform stamp_facts(array['00000000-0000-0000-0000-000000000000'::uuid]);
    return null;
end $$;

-- Of rows that name their union. One that goes from one union to another changes both.
create function stamp_union_facts() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        perform stamp_facts(array(select union_id from changed union select union_id from became));
    else
        perform stamp_facts(array(select distinct union_id from changed));
    end if;
    return null;
end $$;

-- Of rows that name a congress. Its union stays the same; where it goes itself, it has its own stamp.
create function stamp_congress_facts() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        perform stamp_facts(array(
            select c.union_id from congress c
            where c.id in (select congress_id from changed union select congress_id from became)));
    else
        perform stamp_facts(array(
            select c.union_id from congress c where c.id in (select congress_id from changed)));
    end if;
    return null;
end $$;

-- Of rows that name a review.
create function stamp_review_facts() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        perform stamp_facts(array(
            select r.union_id from review r
            where r.id in (select review_id from changed union select review_id from became)));
    else
        perform stamp_facts(array(
            select r.union_id from review r where r.id in (select review_id from changed)));
    end if;
    return null;
end $$;

do $$
declare
    of_rows record;
    of_table text;
begin
    for of_rows in
        select * from (values
            ('stamp_union_facts', array['post', 'department', 'turn', 'congress', 'congress_slip', 'union_fact',
                                        'own_rule_fact', 'review']),
            ('stamp_congress_facts', array['congress_result', 'congress_elected']),
            ('stamp_review_facts', array['review_person'])) v(stamps, tables)
    loop
        foreach of_table in array of_rows.tables loop
            execute format('create trigger %I after insert on %I referencing new table as changed
                            for each statement execute function %I()', of_table || '_stamped_insert', of_table, of_rows.stamps);
            execute format('create trigger %I after update on %I referencing old table as changed new table as became
                            for each statement execute function %I()', of_table || '_stamped_update', of_table, of_rows.stamps);
            execute format('create trigger %I after delete on %I referencing old table as changed
                            for each statement execute function %I()', of_table || '_stamped_delete', of_table, of_rows.stamps);
            execute format('create trigger %I after truncate on %I
                            for each statement execute function stamp_shared_facts()', of_table || '_stamped_truncate', of_table);
        end loop;
    end loop;
    -- Whose posts a student's facts touch cannot be told from the row alone: another transaction may be appointing them.
    foreach of_table in array array['student', 'student_change', 'grade_fact', 'class', 'major', 'college', 'pledge',
                                'pledge_text', 'semester', 'organisation', 'adoption', 'adoption_withdrawal'] loop
        execute format('create trigger %I after insert or update or delete or truncate on %I
                        for each statement execute function stamp_shared_facts()', of_table || '_stamped', of_table);
    end loop;
end $$;
-- Of these tables one column alone counts.
create trigger institution_stamped after update of stroke_order on institution
    for each statement execute function stamp_shared_facts();
create trigger vetting_case_stamped after insert or update of pledged_at or delete or truncate on vetting_case
    for each statement execute function stamp_shared_facts();
