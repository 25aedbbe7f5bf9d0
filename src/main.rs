//! The command line; nothing else.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum};
use lunzhi::{
    commands::{self, BackupArgs, MoveArgs, RestoreArgs, SsoArgs},
    config::{Config, DatabaseConfig},
    rules::plan::Union,
    serve::{self, AccountArgs},
    sheet::{Choice, Hidden},
};

/// What a burst of uploads took goes back to the system; the C library's keeps it, for each thread anew.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// 轮值：依规运行学生会的系统。
#[derive(Parser)]
#[command(name = "lunzhi", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 运行系统。
    Serve(Config),
    /// 运行系统，并在空数据库里装入两所虚构学校供试用。
    Demo(Config),
    /// 建立学校的系统管理员，输出一次性密码。
    Account(AccountArgs),
    /// 核对操作记录的哈希链是否完整。
    VerifyAudit(DatabaseConfig),
    /// 备份：数据库、选票密钥和清单，放进一个新的文件夹；系统运行时也可以办理。
    Backup(BackupArgs),
    /// 恢复：由备份建立新的数据目录（给出数据库地址的，恢复到空数据库），并核对。
    Restore(RestoreArgs),
    /// 转移一所学校：从有几所学校的数据库转出到一个文件夹，再转入另一个数据库（同一版本，没有这所学校）。
    MoveInstitution(MoveArgs),
    /// 统一身份认证：设置或停用一所学校自己的登录服务器（CAS、OIDC）；系统运行时也可以办理。
    Sso(SsoArgs),
    /// 名单体检：用一份名单（.xlsx、.xls、.xlsb、.ods、.csv、.txt）对照方案，逐条给出结论和依据。
    Check {
        /// 名单文件。
        roster: PathBuf,
        #[command(flatten)]
        choice: ChoiceArgs,
        /// 内置方案代码（suzhou-2020、jining-2022）或方案文件路径。
        #[arg(long)]
        plan: String,
        /// 哪一类组织。
        #[arg(long)]
        union: UnionArg,
        /// 输出一个 JSON 对象。
        #[arg(long)]
        json: bool,
    },
    /// 名额测算：按院系和年级分配学代会代表名额。
    Allocate {
        /// 学生人数文件。
        population: PathBuf,
        #[command(flatten)]
        choice: ChoiceArgs,
        /// 内置方案代码或方案文件路径。
        #[arg(long)]
        plan: String,
        /// 名额总数；不填则取最少名额。
        #[arg(long, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
        seats: Option<u32>,
        /// 输出一个 JSON 对象。
        #[arg(long)]
        json: bool,
    },
    /// 核对选举的公开记录：账目、当选结果、回执；给出全部选票时重新计票。
    Verify {
        /// 公开记录（record.json）。
        record: PathBuf,
        /// 全部选票（ballots.json），由监票人保存或已公布。
        #[arg(long)]
        ballots: Option<PathBuf>,
        /// 输出一个 JSON 对象。
        #[arg(long)]
        json: bool,
    },
    /// 计票：按选举办法统计全部选票。
    Count {
        /// 选举文件（JSON）。
        election: PathBuf,
        /// 输出一个 JSON 对象。
        #[arg(long)]
        json: bool,
    },
    /// 方案文件：给出空白的样子、逐行检查、逐条比较。
    #[command(subcommand)]
    Plan(PlanCommand),
    /// 排序：以姓氏笔画为序排列名单。
    Order {
        /// 名单文件（UTF-8 文本，每行一个姓名）；- 为标准输入。
        names: PathBuf,
        /// 以姓名笔画为序：两个字的姓名中间不留空位。
        #[arg(long)]
        whole: bool,
        /// 输出一个 JSON 对象。
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum PlanCommand {
    /// 输出一份带说明的空白方案文件。
    New,
    /// 逐行指出方案文件的错误；没有错误的，列出写明、只引原文、没有写到、尚未录入的各项。
    Check {
        /// 方案文件。
        file: PathBuf,
    },
    /// 逐条列出一份方案与另一份的不同。
    Diff {
        /// 内置方案代码或方案文件路径。
        one: String,
        /// 另一份。
        other: String,
    },
}

/// 文件里有多张工作表、有隐藏的行列或划掉的行时，怎样读。
#[derive(Args)]
struct ChoiceArgs {
    /// 读取哪一张工作表。
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// 隐藏、被筛选掉或有删除线的行，以及隐藏的列：一并读取，或不读取。
    #[arg(long)]
    hidden: Option<HiddenArg>,
    /// 隐藏的列另作处理：一并读取，或不读取。
    #[arg(long)]
    hidden_columns: Option<HiddenArg>,
}

#[derive(Clone, Copy, ValueEnum)]
enum HiddenArg {
    /// 一并读取。
    Take,
    /// 不读取。
    Leave,
}

impl From<ChoiceArgs> for Choice {
    fn from(ChoiceArgs { sheet, hidden, hidden_columns }: ChoiceArgs) -> Self {
        let read = |arg: HiddenArg| match arg {
            HiddenArg::Take => Hidden::Take,
            HiddenArg::Leave => Hidden::Leave,
        };
        Self { sheet, hidden: hidden.map(read), hidden_columns: hidden_columns.or(hidden).map(read) }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum UnionArg {
    /// 校级学生会。
    School,
    /// 院系学生会。
    College,
    /// 校研究生会。
    Graduate,
}

impl From<UnionArg> for Union {
    fn from(arg: UnionArg) -> Self {
        match arg {
            UnionArg::School => Self::School,
            UnionArg::College => Self::College,
            UnionArg::Graduate => Self::Graduate,
        }
    }
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(config) => ended(serve::serve(&config, false)),
        Command::Demo(config) => ended(serve::serve(&config, true)),
        Command::Account(args) => ended(serve::account(&args)),
        Command::VerifyAudit(database) => ended(serve::verify_audit(&database)),
        Command::Backup(args) => said(commands::backup(&args)),
        Command::Restore(args) => said(commands::restore(&args)),
        Command::MoveInstitution(args) => said(commands::move_institution(&args)),
        Command::Sso(args) => said(commands::sso(&args)),
        Command::Check { roster, choice, plan, union, json } => {
            commands::finish(commands::check(&roster, &choice.into(), &plan, union.into(), json))
        }
        Command::Allocate { population, choice, plan, seats, json } => {
            commands::finish(commands::allocate(&population, &choice.into(), &plan, seats, json))
        }
        Command::Verify { record, ballots, json } => {
            commands::finish(commands::verify(&record, ballots.as_deref(), json))
        }
        Command::Count { election, json } => commands::finish(commands::count(&election, json)),
        Command::Plan(PlanCommand::New) => commands::finish(Ok(commands::new_plan())),
        Command::Plan(PlanCommand::Check { file }) => commands::finish(commands::check_plan(&file)),
        Command::Plan(PlanCommand::Diff { one, other }) => commands::finish(commands::diff_plans(&one, &other)),
        Command::Order { names, whole, json } => commands::finish(commands::order(&names, whole, json)),
    }
}

fn said(result: anyhow::Result<String>) -> ExitCode {
    ended(result.map(|text| {
        // Who closes the pipe early has read enough.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }))
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A standard error that is closed must not turn a failure into a panic.
            let _ = writeln!(std::io::stderr(), "lunzhi: {error:#}");
            ExitCode::FAILURE
        }
    }
}
