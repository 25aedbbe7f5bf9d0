//! Makes the compiler notice new migrations: the macro that takes them in does not look at the folder by itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
