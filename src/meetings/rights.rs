//! Who may do what with the meetings of a union.

use sqlx::PgConnection;
use time::Date;

use super::{
    meeting::{Member, UnionMeeting},
    store,
};
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::DepartmentId,
    office::OfficeKind,
    rules::union_meeting::Caller,
    unions::{store as unions, union::StudentUnion},
};

/// What a person may do in one union.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rights {
    /// The League organisation that manages it.
    pub keeps: bool,
    /// The office of the union itself.
    pub own: bool,
    /// The office sees the union.
    pub sees: bool,
    /// As they are to whoever judges a call, without an order.
    pub caller: Caller,
}

impl Rights {
    /// Takes down who came, what was decided, and the minutes.
    pub fn records(self) -> bool {
        self.keeps || self.own || self.caller.on_duty || self.caller.heads
    }

    /// Notes that a decision was carried out.
    pub fn follows(self) -> bool {
        self.keeps || self.own || self.caller.on_duty
    }
}

/// What a person may do in a union, and in one department of it.
pub(super) async fn rights(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: &StudentUnion,
    department: Option<DepartmentId>,
    today: Date,
) -> Result<Rights, Failure> {
    let office = person.acting.as_ref();
    let roles = match person.student {
        Some(student) => store::roles(connection, person.institution, student, today).await?,
        None => Vec::new(),
    };
    let role = roles.iter().find(|role| role.union == union.id);
    let own = office.is_some_and(|office| union.is_own_of(office));
    let caller = Caller {
        on_duty: role.is_some_and(|role| role.on_duty),
        orders: false,
        of_union: own || role.is_some(),
        heads: role.is_some_and(|role| department.is_some_and(|department| role.heads.contains(&department))),
    };
    Ok(Rights {
        keeps: office.is_some_and(|office| union.is_managed_by(office)),
        own,
        sees: office.is_some_and(|office| union.is_visible_to(office)),
        caller,
    })
}

/// A meeting with its union, for whoever may see it.
pub(super) struct Seen {
    pub meeting: UnionMeeting,
    pub members: Vec<Member>,
    pub rights: Rights,
}

/// Reads a meeting for whoever keeps or sees its union, works in it, or is invited.
///
/// # Errors
/// [`Failure::Missing`] for anybody else.
pub(super) async fn see(
    connection: &mut PgConnection,
    person: &SignedIn,
    meeting: UnionMeeting,
    today: Date,
) -> Result<Seen, Failure> {
    let union = unions::list(connection, person.institution, Some(meeting.union)).await?.pop();
    let union = union.ok_or(Failure::Missing)?;
    let department = store::department_of(connection, meeting.id).await?;
    let rights = rights(connection, person, &union, department, today).await?;
    let members = store::members(connection, meeting.id).await?;
    let invited = person.student.is_some_and(|id| members.iter().any(|member| member.student == Some(id)));
    let through_union = match &person.acting {
        Some(office) if office.kind == OfficeKind::CollegeUnion => {
            let invited = store::invited(connection, meeting.id).await?;
            office.college.is_some_and(|college| invited.colleges.contains(&college))
        }
        _ => false,
    };
    if rights.sees || rights.records() || rights.caller.of_union || invited || through_union {
        Ok(Seen { meeting, members, rights })
    } else {
        Err(Failure::Missing)
    }
}
