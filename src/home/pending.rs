//! Whom it is worth asking what waits. Students are nearly everybody, and mostly nothing waits for them: one statement says
//! which features keep anything that could, so that a quiet home page sends three statements and not forty.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{auth::person::SignedIn, clock::CHINA, failure::Failure, office::OfficeKind};

/// Rounds in which one may apply.
pub(super) const ROUNDS: &str = "rounds";
/// The person's own applications that an office has in hand.
pub(super) const APPLICATIONS: &str = "applications";
/// Public notices that run.
pub(super) const NOTICES: &str = "notices";
/// Sittings in which an office's voters vote.
pub(super) const SITTINGS: &str = "sittings";

/// Where something may wait for a person: too much rather than too little.
#[derive(Debug)]
pub(super) struct Pending {
    /// Rooms of features where nothing waits, and what else the home page need not show. A room that the statement does not
    /// know is asked: a new feature costs a statement until it has its condition.
    quiet: Vec<String>,
}

impl Pending {
    /// Something may wait there.
    pub(super) fn has(&self, room: &str) -> bool {
        self.quiet.iter().all(|one| one != room)
    }

    /// Where something may wait for a person.
    pub(super) async fn of(
        connection: &mut PgConnection,
        person: &SignedIn,
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let standing = match person.acting.as_ref().map(|office| office.kind) {
            None | Some(OfficeKind::Student) => PendingFor { is_branch: false, is_staff: false },
            Some(OfficeKind::ClassBranch) => PendingFor { is_branch: true, is_staff: false },
            Some(_) => PendingFor { is_branch: false, is_staff: true },
        };
        Ok(Self { quiet: quiet_rooms(connection, person, standing, now).await? })
    }
}

/// What a person is to the features: each answers for itself of which offices it asks something.
#[derive(Debug, Clone, Copy)]
struct PendingFor {
    /// In the office of a class branch.
    is_branch: bool,
    /// In an office of a union, of the League or of the school.
    is_staff: bool,
}

/// The rooms of the features where nothing waits. Of an office it is asked whether there is anything in the university.
#[expect(clippy::too_many_lines, reason = "one statement, however many features keep tasks")]
async fn quiet_rooms(
    connection: &mut PgConnection,
    person: &SignedIn,
    standing: PendingFor,
    now: OffsetDateTime,
) -> Result<Vec<String>, Failure> {
    let quiet = sqlx::query_scalar!(
        r#"select array_remove(array[
               case when $7 then null else 'unions' end,
               case when $4 or $7 or exists (
                        select from proposal p where p.handler_id = $2 and p.stage = 'assigned'
                    ) or exists (
                        select from check_in_officer o where o.account_id = $2 and o.ended_at is null
                    ) or exists (
                        select from congress g
                        where g.institution_id = $1 and g.stage = 'convened' and $3::uuid is not null
                              and (g.of_all or exists (
                                      select from delegate d where d.congress_id = g.id and d.student_id = $3))
                    ) or exists (
                        select from delegate d join proposal p on p.lead_id = d.id
                        where d.student_id = $3 and p.stage = 'replied'
                    ) or exists (
                        select from delegate d join proposal_seconder n on n.delegate_id = d.id
                             join proposal p on p.id = n.proposal_id
                        where d.student_id = $3 and p.stage = 'draft'
                    ) then null else 'congress' end,
               case when $7 or exists (
                        select from union_exit e where e.student_id = $3 and e.stage = 'handing_over' and e.handover is null
                    ) or exists (
                        select from conduct_case q
                        where q.student_id = $3 and q.stage = 'decided' and q.objection_until >= $6
                    ) then null else 'conduct' end,
               case when $7 and exists (
                        select from pledge_text t where t.institution_id = $1
                    ) or $7 and exists (
                        select from training t where t.institution_id = $1 and t.closed_at is null and t.on_day <= $6
                    ) or exists (
                        select from post p where p.student_id = $3 and p.voided_at is null
                               and (p.until_day is null or p.until_day > $6)
                               and exists (select from pledge_text t where t.institution_id = $1 and t.from_day <= $6)
                               and not exists (select from last_pledges(array[$3::uuid]) g
                                               where g.academic_year >= academic_year($6))
                    ) then null else 'education' end,
               case when $7 and (exists (
                        select from matter q
                        where q.institution_id = $1 and q.stage in ('asked', 'returned', 'approved', 'begun')
                    ) or exists (
                        select from matter_loan l join matter q on q.id = l.matter_id
                        where l.returned_at is null and q.institution_id = $1
                    ) or exists (
                        select from prior_report r where r.institution_id = $1
                    )) then null else 'matters' end,
               case when $7 or exists (
                        select from turn t where t.student_id = $3 and t.state = 'confirmed' and t.from_day <= $6
                               and $6 < t.until_day
                    ) or exists (
                        select from post p where p.student_id = $3 and p.voided_at is null and p.from_day <= $6
                               and (p.until_day is null or p.until_day > $6) and p.marked_chair
                    ) or exists (
                        select from union_meeting_member x join union_meeting m on m.id = x.meeting_id
                        where x.student_id = $3 and m.starts_at >= $5
                    ) then null else 'meetings' end,
               case when $7 then null else 'guidance' end,
               case when $7 and exists (
                        select from project p join student_union u on u.id = p.union_id
                        where u.institution_id = $1 and p.stage in ('reported', 'recruiting')
                    ) or exists (
                        select from volunteer v where v.student_id = $3 and v.until_at is null
                    ) then null else 'projects' end,
               case when $7 and exists (
                        select from voice_request q where q.institution_id = $1 and q.stage in ('received', 'sent')
                    ) or $7 and exists (
                        select from face_point p join face_session f on f.id = p.session_id
                        where p.progress is null and p.due_on < $6 and f.institution_id = $1
                    ) or $3 is not null and exists (
                        select from voice_request q where q.account_id = $2 and q.stage = 'answered'
                    ) then null else 'voice' end,
               case when $7 or exists (
                        select from contact_assignment a where a.student_id = $3 and a.from_day <= $6
                               and (a.until_day is null or a.until_day > $6)
                    ) then null else 'contact' end,
               case when $7 or $3 is not null and exists (
                        select from survey q
                        where q.institution_id = $1 and q.stage = 'open' and q.opens_at <= $5 and $5 < q.closes_at
                              and not exists (select from survey_envelope e where e.survey_id = q.id and e.student_id = $3)
                    ) then null else 'surveys' end,
               case when $7 or exists (
                        select from turn t where t.student_id = $3 and t.state = 'confirmed' and t.from_day <= $6
                               and $6 < t.until_day + 7
                    ) then null else 'rotation' end,
               case when $7 and exists (
                        select from student s where s.institution_id = $1 and s.number_twin
                    ) or $7 and exists (
                        select from dispute d join student s on s.id = d.student_id
                        where d.upheld is null and s.institution_id = $1
                    ) then null else 'people' end,
               case when $7 and exists (
                        select from plan_draft d where d.institution_id = $1
                    ) then null else 'plan_drafts' end,
               case when $7 and exists (
                        select from consent q where q.institution_id = $1 and q.expires_at > $5
                    ) then null else 'accounts' end,
               case when $4 or $7 and exists (
                        select from vetting_round r where r.institution_id = $1 and r.ended_at is null
                    ) or $7 and exists (
                        select from vetting_objection o join vetting_case c on c.id = o.case_id
                        where o.upheld is null and c.institution_id = $1
                    ) or exists (
                        select from vetting_case c where c.student_id = $3 and c.stage in ('invited', 'returned')
                    ) then null else 'vetting' end,
               case when $7 and exists (
                        select from import i where i.institution_id = $1 and i.by_account = $2 and i.state = 'previewed'
                    ) or $7 and exists (
                        select from unsaid_ranking u where u.institution_id = $1 and u.answer is null
                    ) then null else 'imports' end,
               case when $7 and exists (
                        select from sitting t where t.institution_id = $1 and t.stage in ('rehearsed', 'counted')
                    ) or exists (
                        select from monitor m where m.account_id = $2
                    ) or exists (
                        select from voter v join sitting t on t.id = v.sitting_id
                        where v.student_id = $3 and t.stage = 'open'
                    ) then null else 'elections' end,
               case when $7 or exists (
                        select from review_member m join review r on r.id = m.review_id
                        where m.account_id = $2 and r.stage <> 'settled'
                    ) or exists (
                        select from review_person p join review r on r.id = p.review_id
                        where p.student_id = $3 and r.stage <> 'settled'
                    ) then null else 'reviews' end,
               case when $7 and exists (
                        select from activity a join matter q on q.id = a.matter_id
                        where q.institution_id = $1 and q.stage in ('approved', 'begun') and a.check_in = 'not_yet'
                              and coalesce(q.ends_at, q.starts_at) <= $5
                    ) or exists (
                        select from activity_sign_up u join matter q on q.id = u.matter_id
                        where u.student_id = $3
                              and (u.standing <> 'withdrawn' and q.starts_at >= $5 and q.starts_at <= $5 + interval '3 days'
                                   or u.checked_in_at is not null and u.satisfaction is null
                                      and coalesce(q.ends_at, q.starts_at) >= $5 - interval '31 days')
                    ) then null else 'activities' end,
               case when $3 is not null and exists (
                        select from vetting_round r where r.institution_id = $1 and r.ended_at is null
                               and r.opens_on <= $6 and $6 <= r.closes_on
                    ) then null else 'rounds' end,
               case when exists (
                        select from vetting_case c where c.student_id = $3 and c.stage = 'at'
                    ) then null else 'applications' end,
               case when exists (
                        select from vetting_case c where c.institution_id = $1 and c.stage = 'passed'
                               and c.notice_until >= $6 and c.notice_from <= $6
                    ) then null else 'notices' end,
               case when $7 and exists (
                        select from sitting t where t.institution_id = $1 and t.stage = 'open'
                    ) then null else 'sittings' end
           ], null) as "quiet!""#,
        person.institution.0,
        person.account.0,
        person.student.map(|id| id.0),
        standing.is_branch,
        now,
        now.to_offset(CHINA).date(),
        standing.is_staff
    );
    Ok(quiet.fetch_one(connection).await?)
}
