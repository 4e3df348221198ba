//! How commands and templates name a permission set of IAM Identity Center.

use super::arn::Arn;
use super::command::{Blank, Command};

/// The ARN of the instance that has a permission set.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html#awsiamidentitycenter-resources-for-iam-policies>
#[must_use]
pub fn instance_of(permission_set: &str) -> Option<String> {
    let arn: Arn = permission_set.parse().ok()?;
    let (instance, set) = arn.resource().strip_prefix("permissionSet/")?.split_once('/')?;
    let whole = arn.service() == "sso" && instance.starts_with("ssoins-") && set.starts_with("ps-");
    whole.then(|| format!("arn:{}:sso:::instance/{instance}", arn.partition()))
}

/// A command about a permission set; what is not known of it is left to be filled in, the ARN of the set as `set`.
#[must_use]
pub fn on_permission_set(words: &str, arn: Option<&str>, set: Blank) -> Command {
    let instance = arn.and_then(instance_of);
    let arn = arn.filter(|_| instance.is_some());
    let command = Command::aws(words).option_or("--instance-arn", instance.as_deref(), Blank::INSTANCE_ARN);
    command.option_or("--permission-set-arn", arn, set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_set_names_its_instance() {
        let arn = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef";
        assert_eq!(
            on_permission_set("sso-admin describe-permission-set", Some(arn), Blank::PERMISSION_SET_ARN).line(),
            format!(
                "aws sso-admin describe-permission-set --instance-arn arn:aws:sso:::instance/ssoins-0123456789abcdef --permission-set-arn {arn}"
            )
        );
        for other in ["arn:aws:sso:::instance/ssoins-1", "arn:aws:iam::111122223333:role/ps-1", "ps-1"] {
            assert_eq!(instance_of(other), None);
        }
    }
}
