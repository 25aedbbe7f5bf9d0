-- That a student's class is there is checked once a statement, with its university, and not once a row: 40,000 look-ups of
-- some thousand classes were half of what writing a list took. It is as strict as the key was: the classes are locked as
-- the key's own check would lock them, and none goes that somebody is in.
alter table student drop constraint student_class_id_fkey;
create or replace function students_are_in_their_university() returns trigger language plpgsql as $$
begin
    perform from class k where k.id in (select w.class_id from written w) for key share;
    if exists (select from (select distinct class_id, institution_id from written) w
                      left join class k on k.id = w.class_id left join major m on m.id = k.major_id
                      left join college c on c.id = m.college_id
               where c.institution_id is distinct from w.institution_id) then
        raise exception 'a student is in a class that is not there, or of another university'
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create function class_has_no_students() returns trigger language plpgsql as $$
begin
    if exists (select from student s where s.class_id in (select g.id from gone g)) then
        raise exception 'a student is in a class that goes' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger class_stays after delete on class referencing old table as gone
    for each statement execute function class_has_no_students();
create function class_keeps_its_id() returns trigger language plpgsql as $$
begin
    raise exception 'a class keeps its id' using errcode = 'foreign_key_violation';
end $$;
create trigger class_id_stays before update of id on class
    for each row when (new.id <> old.id) execute function class_keeps_its_id();
create function classes_stay_with_students() returns trigger language plpgsql as $$
begin
    if exists (select from student) then
        raise exception 'students are in classes that go' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger class_truncated after truncate on class
    for each statement execute function classes_stay_with_students();
