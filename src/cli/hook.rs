//! `iamdx hook SHELL`: a function for a shell that explains, on request, why the last command was denied. Nothing is recorded: the
//! command is run again, after a question.

use super::{Error, Exit, output};

/// Arguments of `hook`.
#[derive(Debug, clap::Args)]
pub(crate) struct HookArgs {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Prints the function.
pub(crate) fn run(args: &HookArgs) -> Result<Exit, Error> {
    output::print(match args.shell {
        Shell::Bash => BASH,
        Shell::Zsh => ZSH,
        Shell::Fish => FISH,
    })?;
    Ok(Exit::Done)
}

const BASH: &str = r#"# iamdx-why [OPTIONS OF iamdx run]: runs the last command again, after a question, and explains its denial; itself it skips.
# In ~/.bashrc:  eval "$(iamdx hook bash)"
iamdx-why() {
    local last answer
    local back=1
    while last=$(HISTTIMEFORMAT='' builtin fc -ln -"$back" -"$back" 2>/dev/null); do
        last="${last#"${last%%[![:space:]]*}"}"
        case "$last" in
            iamdx-why|iamdx-why[[:space:]]*) back=$((back + 1)); last='' ;;
            *) break ;;
        esac
        [ "$back" -gt 50 ] && break
    done
    if [ -z "$last" ]; then
        echo 'iamdx-why: there is no last command' >&2
        return 2
    fi
    printf 'Run this again, and explain its denial?\n  %s\n[y/N] ' "$last" >&2
    read -r answer
    case "$answer" in
        [yY]*) iamdx run "$@" -- "${BASH:-bash}" -c "$last" ;;
        *) return 1 ;;
    esac
}
"#;

const ZSH: &str = r#"# iamdx-why [OPTIONS OF iamdx run]: runs the last command again, after a question, and explains its denial; itself it skips.
# In ~/.zshrc:  eval "$(iamdx hook zsh)"
iamdx-why() {
    local last answer
    local back=1
    while last="$(builtin fc -ln -$back -$back 2>/dev/null)"; do
        case "$last" in
            iamdx-why|iamdx-why[[:space:]]*) back=$((back + 1)); last='' ;;
            *) break ;;
        esac
        [ "$back" -gt 50 ] && break
    done
    if [ -z "$last" ]; then
        echo 'iamdx-why: there is no last command' >&2
        return 2
    fi
    printf 'Run this again, and explain its denial?\n  %s\n[y/N] ' "$last" >&2
    read -r answer
    case "$answer" in
        [yY]*) iamdx run "$@" -- zsh -c "$last" ;;
        *) return 1 ;;
    esac
}
"#;

const FISH: &str = r#"# iamdx-why [OPTIONS OF iamdx run]: runs the last command again, after a question, and explains its denial; itself it skips.
# In ~/.config/fish/config.fish:  iamdx hook fish | source
function iamdx-why
    set -l last (string match -v -r '^iamdx-why(\s|$)' -- $history[1..50])[1]
    if test -z "$last"
        echo 'iamdx-why: there is no last command' >&2
        return 2
    end
    printf 'Run this again, and explain its denial?\n  %s\n' "$last" >&2
    read -l -P '[y/N] ' answer
    switch "$answer"
        case 'y*' 'Y*'
            iamdx run $argv -- fish -c "$last"
        case '*'
            return 1
    end
end
"#;
