//! A student's facts in their fixed words.

use crate::words::words;

words! {
    /// Over what time grades are counted (ELG-03, ELG-04).
    Basis:
    Semester = "semester", "上学期";
    Year = "year", "上学年";
    Entry = "entry", "入学以来";
}

words! {
    /// Of which courses failed ones are counted (ELG-04).
    CoursesCounted:
    All = "all", "全部课程";
    Required = "required", "必修课";
}

words! {
    /// Why somebody is a student no more.
    Left:
    /// 毕业.
    Graduated = "graduated", "毕业";
    /// 退学.
    Withdrawn = "withdrawn", "退学";
    /// 转学.
    Transferred = "transferred", "转出";
    /// 休学.
    Suspended = "suspended", "休学";
    Other = "other", "其他";
}

words! {
    /// A student's field that can change.
    Field:
    /// 姓名.
    Name = "name", "姓名";
    /// 学号.
    Number = "number", "学号";
    /// 班级.
    Class = "class", "班级";
    /// 政治面貌.
    Political = "political", "政治面貌";
    /// 性别.
    Gender = "gender", "性别";
    /// 民族.
    Ethnic = "ethnic", "民族";
    /// 离校.
    Left = "left", "在校状态";
}

words! {
    /// What an objection is about.
    About:
    /// 专业排名.
    Rank = "rank", "专业排名";
    /// 不及格门数.
    Failed = "failed", "不及格门数";
}
