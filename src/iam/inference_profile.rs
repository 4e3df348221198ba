//! An inference profile of Amazon Bedrock: under one name, a model in every Region to which AWS may send a request.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles.html>

use super::arn::Arn;

/// What `bedrock:GetInferenceProfile` tells of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferenceProfile {
    /// Its ARN, in the Region from which it is called.
    pub arn: Arn,
    /// The model in each destination Region; a model without a Region is wherever AWS chooses.
    pub models: Vec<Arn>,
}
