//! Whom it is worth asking what waits. Students are nearly everybody, and mostly nothing waits for them: one statement says
//! which features keep anything that could, so that a quiet home page sends three statements and not forty.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{auth::person::SignedIn, clock::CHINA, failure::Failure, office::OfficeKind};

/// Rounds in which one may apply.
pub(super) const ROUNDS: &str = "rounds";
/// Public notices that run.
pub(super) const NOTICES: &str = "notices";

/// Where something may wait for a person: too much rather than too little.
#[derive(Debug)]
pub(super) struct Pending {
    /// Rooms of features; all of them where none are named.
    rooms: Option<Vec<String>>,
}

impl Pending {
    /// Something may wait there.
    pub(super) fn has(&self, room: &str) -> bool {
        self.rooms.as_ref().is_none_or(|rooms| rooms.iter().any(|one| one == room))
    }

    /// Where something may wait for a person. Offices are asked for what they keep and not for what they are: every feature
    /// answers them itself.
    pub(super) async fn of(
        connection: &mut PgConnection,
        person: &SignedIn,
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let kind = person.acting.as_ref().map(|office| office.kind);
        if kind.is_some_and(|kind| !matches!(kind, OfficeKind::Student | OfficeKind::ClassBranch)) {
            return Ok(Self { rooms: None });
        }
        let rooms = rooms(connection, person, kind == Some(OfficeKind::ClassBranch), now).await?;
        Ok(Self { rooms: Some(rooms) })
    }
}

/// Where something may wait for somebody in no office, or in that of a class branch.
async fn rooms(
    connection: &mut PgConnection,
    person: &SignedIn,
    is_branch: bool,
    now: OffsetDateTime,
) -> Result<Vec<String>, Failure> {
    let rooms = sqlx::query_scalar!(
        r#"select array_remove(array[
               case when $4 or exists (
                        select from proposal p where p.handler_id = $2 and p.stage = 'assigned'
                    ) or exists (
                        select from check_in_officer o where o.account_id = $2 and o.ended_at is null
                    ) or exists (
                        select from congress g
                        where g.institution_id = $1 and g.stage = 'convened' and $3::uuid is not null
                              and (g.of_all or exists (select from delegate d where d.congress_id = g.id and d.student_id = $3))
                    ) or exists (
                        select from delegate d join proposal p on p.lead_id = d.id
                        where d.student_id = $3 and p.stage = 'replied'
                    ) or exists (
                        select from delegate d join proposal_seconder n on n.delegate_id = d.id
                             join proposal p on p.id = n.proposal_id
                        where d.student_id = $3 and p.stage = 'draft'
                    ) then 'congress' end,
               case when exists (
                        select from union_exit e where e.student_id = $3 and e.stage = 'handing_over' and e.handover is null
                    ) then 'conduct' end,
               case when exists (
                        select from post p where p.student_id = $3 and p.voided_at is null
                               and (p.until_day is null or p.until_day > $6)
                    ) then 'education' end,
               case when exists (
                        select from post p where p.student_id = $3 and p.voided_at is null and p.from_day <= $6
                               and (p.until_day is null or p.until_day > $6)
                    ) or exists (
                        select from union_meeting_member x join union_meeting m on m.id = x.meeting_id
                        where x.student_id = $3 and m.starts_at >= $5
                    ) then 'meetings' end,
               case when exists (
                        select from volunteer v where v.student_id = $3 and v.until_at is null
                    ) then 'projects' end,
               case when $3 is not null and exists (
                        select from voice_request q where q.account_id = $2 and q.stage = 'answered'
                    ) then 'voice' end,
               case when exists (
                        select from contact_assignment a where a.student_id = $3 and a.from_day <= $6
                               and (a.until_day is null or a.until_day > $6)
                    ) then 'contact' end,
               case when $3 is not null and exists (
                        select from survey q
                        where q.institution_id = $1 and q.stage = 'open' and q.opens_at <= $5 and $5 < q.closes_at
                              and not exists (select from survey_envelope e where e.survey_id = q.id and e.student_id = $3)
                    ) then 'surveys' end,
               case when exists (
                        select from turn t where t.student_id = $3 and t.state = 'confirmed' and t.from_day <= $6
                               and $6 < t.until_day + 7
                    ) then 'rotation' end,
               case when $4 or exists (
                        select from vetting_case c where c.student_id = $3 and c.stage in ('invited', 'returned')
                    ) then 'vetting' end,
               case when exists (
                        select from monitor m where m.account_id = $2
                    ) or exists (
                        select from voter v join sitting t on t.id = v.sitting_id
                        where v.student_id = $3 and t.stage = 'open'
                    ) then 'elections' end,
               case when exists (
                        select from review_member m join review r on r.id = m.review_id
                        where m.account_id = $2 and r.stage <> 'settled'
                    ) or exists (
                        select from review_person p join review r on r.id = p.review_id
                        where p.student_id = $3 and r.stage <> 'settled'
                    ) then 'reviews' end,
               case when exists (
                        select from activity_sign_up u join matter q on q.id = u.matter_id
                        where u.student_id = $3
                              and (u.standing <> 'withdrawn' and q.starts_at >= $5 and q.starts_at <= $5 + interval '3 days'
                                   or u.checked_in_at is not null and u.satisfaction is null
                                      and coalesce(q.ends_at, q.starts_at) >= $5 - interval '31 days')
                    ) then 'activities' end,
               case when $3 is not null and exists (
                        select from vetting_round r where r.institution_id = $1 and r.ended_at is null
                               and r.opens_on <= $6 and $6 <= r.closes_on
                    ) then 'rounds' end,
               case when exists (
                        select from vetting_case c where c.institution_id = $1 and c.stage = 'passed'
                               and c.notice_until >= $6 and c.notice_from <= $6
                    ) then 'notices' end
           ], null) as "rooms!""#,
        person.institution.0,
        person.account.0,
        person.student.map(|id| id.0),
        is_branch,
        now,
        now.to_offset(CHINA).date()
    );
    Ok(rooms.fetch_one(connection).await?)
}
