select e.seq, to_char(e.at at time zone interval '8 hours', 'YYYY-MM-DD HH24:MI') as at, coalesce(a.name || '（' || a.number || '）', e.actor)
       as actor, e.office, e.verb, e.object, e.detail, e.clause
from audit_entry e left join account a on a.id = e.account_id
where e.institution_id = $1 order by e.seq desc limit 50
