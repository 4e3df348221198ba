//! Which actions are asked about resources of another Region than the one that is called: the source of a copy, the other side of a peering.

use super::Action;

/// Words in the names of actions that copy from, replicate to or peer with other Regions. A word that stands in other names too makes an
/// answer less sure, never wrong.
///
/// - <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html>
/// - <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html>
/// - <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html>
/// - <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateGlobalCluster.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcPeeringConnection.html>
/// - <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayPeeringAttachment.html>
/// - <https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html>
/// - <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2gt_IAM.html>
/// - <https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html>
/// - <https://docs.aws.amazon.com/fsx/latest/APIReference/API_CopyBackup.html>
/// - <https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html>
/// - <https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html>
/// - <https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configuring-multi-region-clusters.html>
/// - <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelCopyJob.html>
const WORDS: [&str; 9] =
    ["copy", "crossregion", "global", "multiregion", "peercluster", "peering", "primaryregion", "replic", "switchover"];

/// Services that call something replication that stays in its Region: tasks of DMS, groups of nodes. What their names have beside that
/// word counts all the same.
const REPLICATE_IN_PLACE: [&str; 3] = ["dax", "dms", "elasticache"];

/// Actions without such a word.
const OTHERS: [&str; 16] = [
    // a trail is seen in other Regions under its own ARN
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
    "cloudtrail:geteventselectors",
    "cloudtrail:getinsightselectors",
    "cloudtrail:gettrail",
    "cloudtrail:gettrailstatus",
    // from the other Region the group is named by its ARN
    // https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateTrafficDistribution.html
    "connect:gettrafficdistribution",
    "connect:updatetrafficdistribution",
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
    "dynamodb:restoretablefrombackup",
    "dynamodb:restoretabletopointintime",
    // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cross-cluster-search.html
    "es:createoutboundconnection",
    "es:createoutboundcrossclustersearchconnection",
    "es:escrossclusterget",
    // ReplicationSourceIdentifier: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
    "rds:createdbcluster",
    // SourceDBInstanceAutomatedBackupsArn:
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
    "rds:restoredbinstancetopointintime",
    // https://docs.aws.amazon.com/redshift/latest/dg/across-region.html
    "redshift:associatedatashareconsumer",
    "redshift:disassociatedatashareconsumer",
    "redshift:rejectdatashare",
];

/// Whether the resource of the action can be of another Region than the one that the caller called, so that its ARN does not tell that.
pub(crate) fn may_name_another_region(action: &Action) -> bool {
    let name = action.folded().get(action.service().len() + 1..).unwrap_or_default();
    let counts = |word: &str| word != "replic" || !REPLICATE_IN_PLACE.contains(&action.service());
    OTHERS.binary_search(&action.folded()).is_ok() || WORDS.iter().any(|word| counts(word) && name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{OTHERS, WORDS, may_name_another_region};

    #[test]
    fn a_source_or_a_peer_can_be_of_another_region() {
        assert!(OTHERS.is_sorted() && WORDS.is_sorted());
        for (action, may) in [
            ("rds:CopyDBSnapshot", true),
            ("rds:CopyDBClusterSnapshot", true),
            ("rds:CreateDBInstanceReadReplica", true),
            ("rds:CreateDBCluster", true),
            ("rds:RestoreDBInstanceToPointInTime", true),
            ("rds:StartDBInstanceAutomatedBackupsReplication", true),
            ("rds:CreateGlobalCluster", true),
            ("rds:SwitchoverGlobalCluster", true),
            ("ec2:CopySnapshot", true),
            ("ec2:CopyImage", true),
            ("ec2:CreateVpcPeeringConnection", true),
            ("ec2:AcceptVpcPeeringConnection", true),
            ("ec2:CreateTransitGatewayPeeringAttachment", true),
            ("backup:CopyIntoBackupVault", true),
            ("dynamodb:CreateTableReplica", true),
            ("dynamodb:UpdateGlobalTable", true),
            ("kms:UpdatePrimaryRegion", true),
            ("secretsmanager:ReplicateSecretToRegions", true),
            ("dsql:AddPeerCluster", true),
            ("elasticache:CopySnapshot", true),
            ("cloudtrail:GetTrailStatus", true),
            ("elasticache:ModifyReplicationGroup", false),
            ("dms:StartReplicationTask", false),
            ("rds:StopDBInstance", false),
            ("ec2:CreateVpc", false),
            ("cloudtrail:StopLogging", false),
        ] {
            assert_eq!(may_name_another_region(&action.parse().unwrap()), may, "{action}");
        }
    }
}
