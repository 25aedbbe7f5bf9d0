insert into peer_envelope (sitting_id, voter, sealed, mac, cast_at)
select v.sitting_id, v.place, $3, $4, now()
from voter v join sitting g on g.id = v.sitting_id
where v.sitting_id = $1 and v.student_id = $2 and g.stage = 'open' and g.closes_at > now()
on conflict (sitting_id, voter) do update set sealed = excluded.sealed, mac = excluded.mac, cast_at = excluded.cast_at
