//! All typed ids, made by one macro: an id of one thing cannot be passed where another's is meant.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A random id. Random and not by time: an id must not tell when its row was made.
            #[must_use]
            #[expect(clippy::disallowed_methods, reason = "the one place where ids are made")]
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    InstitutionId;
    /// A college or department of a university.
    CollegeId;
    MajorId;
    ClassId;
    OrganisationId;
    StudentId;
    /// A file on its way in.
    ImportId;
    NoticeId;
    GradeFactId;
    /// A student's objection to a grade fact.
    DisputeId;
    /// A change of a student's data.
    ChangeId;
    /// A person who may sign in.
    AccountId;
    /// An office that a person holds.
    OfficeId;
    /// What one administrator asked and another is to confirm.
    ConsentId;
    /// A version of a plan.
    PlanVersionId;
    UnionId;
    /// A department of a union.
    DepartmentId;
    /// A post that somebody holds.
    PostId;
    /// A turn of the executive chair.
    TurnId;
    SemesterId;
    /// A break of a university (寒假, 暑假).
    TermBreakId;
    DocumentId;
    /// A version of a union's constitution.
    ConstitutionId;
    /// A report on a rule of the university's own.
    OwnFactId;
    /// A day by which a union mends what it breaks.
    MendingId;
    /// A roster on its way in.
    DraftId;
    /// Something that was done about a union.
    FactId;
    /// A round of applications.
    RoundId;
    /// A kind of place that a round offers.
    PlaceId;
    /// One candidate in one round.
    CaseId;
    /// An opinion on a case.
    OpinionId;
    /// A session of the offices of a joint step.
    JointSessionId;
    /// What is recorded for somebody who signs two steps.
    DelegationId;
    /// A sitting: contests that open together under one key.
    SittingId;
    /// A contest of a sitting.
    ContestId;
    /// A candidate of a contest.
    CandidateId;
    /// A voter who is to be admitted after the roll was frozen.
    AdmissionId;
    /// Codes that were made together and are shown for some minutes.
    PrintId;
    /// A portal that runs: another one at each start.
    PortalId;
    /// An objection during a public notice.
    ObjectionId;
    /// A congress (学生代表大会) of one union.
    CongressId;
    /// A delegation (代表团) of a congress.
    CongressDelegationId;
    /// A delegate of one congress.
    DelegateId;
    /// A person recommended as a delegate of one congress.
    RecommendationId;
    /// A list of elected delegates that was handed in.
    DelegateListId;
    /// A semester's review of a union's officers (述职评议).
    ReviewId;
    /// A list of nominees that rests on a review (择优提名).
    NominationId;
    /// A case of misconduct.
    ConductCaseId;
    /// A note of the inquiry of a case of misconduct.
    InquiryId;
    /// How somebody leaves a union.
    ExitId;
    /// An item of a meeting's agenda.
    AgendaItemId;
    /// A document that a meeting's delegates read.
    MeetingDocumentId;
    /// Somebody who was checked in at a meeting.
    AttendanceId;
    /// Somebody who sits in on a meeting.
    MeetingGuestId;
    /// Names taken from a printed roll of a meeting.
    RollEntryId;
    /// A vote by show of hands.
    HandVoteId;
    /// A turn of the year.
    YearTurnId;
    /// A proposal of a delegate.
    ProposalId;
    /// A version of the text that officers pledge to keep.
    PledgeTextId;
    /// A training of officers.
    TrainingId;
    /// An officer who no longer meets the conditions of the post.
    LapseId;
    /// A file that goes with an officer's report.
    AttachmentId;
    /// One of the four controlled matters.
    MatterId;
    /// Materials borrowed for a matter.
    LoanId;
    /// A scan of a receipt beside a settlement.
    ReceiptId;
    /// A prior report to the School Youth League committee.
    PriorReportId;
    /// What counts as important or major.
    GroundId;
    /// A meeting of a union.
    UnionMeetingId;
    /// Somebody who is invited to a meeting of a union.
    MeetingMemberId;
    /// What a meeting of a union decided.
    DecisionId;
    /// Something that was done to lead or guide a union.
    GuidanceRecordId;
    /// Somebody in a slot of the plan: a leader, an office, a guider.
    GuidanceRoleId;
    /// A list of the leading group as it was fixed.
    LeadingGroupId;
    /// That a college's Party organisation heard its union.
    CollegeHearingId;
    /// A teacher who guides a college's union.
    CollegeGuideId;
    /// A paper of the year of a union.
    YearPaperId;
    /// A project for which volunteers are recruited.
    ProjectId;
    /// What volunteers do in a project.
    ProjectTaskId;
    /// Somebody who volunteers in a project.
    VolunteerId;
    /// The hours of a volunteer on a day.
    VolunteerHoursId;
    /// What a student asks for (诉求).
    VoiceRequestId;
    /// An office of the university that answers what students ask for.
    VoiceUnitId;
    /// A university's yearly account of its unions' reform (改革自评表).
    DisclosureId;
    /// A session of 面对面.
    FaceSessionId;
    /// Something raised in a session of 面对面.
    FacePointId;
    /// An entry of the log of 学校治理.
    GovernanceId;
    /// Somebody in contact with a class (直接联系).
    ContactId;
    /// An entry of the contact log.
    ContactEntryId;
    /// Something raised when a class was contacted.
    ContactPointId;
    /// What a student left for those in contact with their class.
    ContactNoteId;
    /// A questionnaire (问卷调研).
    SurveyId;
    /// What follows from a questionnaire.
    SurveyMeasureId;
    /// A plan that is being written down in a form.
    PlanDraftId;
    /// The document from which a plan was taken.
    PlanDocumentId;
}
