-- The accounts by which somebody can come in, where they are not disabled: with a password, or by the university's own server
-- where it has one and they have come by it before.
create view activated_account as
    select a.id from account a
    where a.password_hash is not null
          or exists (select from campus_binding b join campus_sign_in c on c.institution_id = a.institution_id
                     where b.account_id = a.id);

-- Students who came by the university's server before a file named them, or before they came back, were left without the office
-- of a student.
insert into office (id, account_id, institution_id, kind, from_day, until_day, granted_at)
select gen_random_uuid(), a.id, a.institution_id, 'student', china_day(now()), s.left_on, now()
from account a join student s on s.id = a.student_id join campus_binding b on b.account_id = a.id
where (s.left_on is null or s.left_on > china_day(now()))
      and not exists (select from office o where o.account_id = a.id and o.kind = 'student' and o.ended_at is not null)
on conflict do nothing;

-- A code that was printed before its owner came by the server would set a password of whoever found it.
update activation v set voided_at = now()
from campus_binding b
where b.account_id = v.account_id and v.purpose = 'first' and v.used_at is null and v.voided_at is null;

-- The address under which people reach a university that moved, as the operator said it: at the old place nobody comes in any more.
alter table moved_university
    add column address text check (length(address) between 8 and 300);

-- Whoever sets the university's own server decides who comes in: two agree on it. What was asked is kept until it is carried out.
alter table consent
    drop constraint consent_act_check,
    add constraint consent_act_check check (act in ('password', 'factor', 'office', 'campus')),
    add column settings jsonb,
    add constraint consent_settings check ((act = 'campus') = (settings is not null));
