select a.name, a.institution_id, a.student_id
from session s join account a on a.id = s.account_id
where s.token_hash = $1 and s.expires_at > now() and a.disabled_at is null
