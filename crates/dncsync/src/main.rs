//! The command.

fn main() -> std::process::ExitCode {
    dncsync::command::main()
}
