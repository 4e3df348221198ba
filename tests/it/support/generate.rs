//! Random cases in which most statements nearly match: values are taken from the request and then changed a little.

use serde_json::{Map, Value, json};

/// A small generator, so that a seed gives the same cases everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }
}

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

const ASKED: [(&str, &str); 24] = [
    ("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv"),
    ("s3:PutObject", "arn:aws:s3:::reports/a:b/alice"),
    ("s3:ListAllMyBuckets", "*"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:orders"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234"),
    ("kms:RetireGrant", "arn:aws:kms:eu-west-1:111122223333:key/1234"),
    ("kms:DeleteAlias", "arn:aws:kms:eu-west-1:111122223333:alias/blue"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/ops/app"),
    ("sts:GetCallerIdentity", "*"),
    ("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-1"),
    ("execute-api:Invoke", "arn:aws:execute-api:us-east-1:111122223333:a1/prod/GET/x"),
    ("logs:CreateLogStream", "arn:aws:logs:us-east-1:111122223333:log-group:x:log-stream:y"),
    ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:111122223333:repository/blue"),
    ("vpc-lattice-svcs:Invoke", "arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/blue/alice"),
    ("vpc-lattice-svcs:Invoke", "arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/orders"),
    ("kms:CreateKey", "*"),
    ("s3:PutAccountPublicAccessBlock", "*"),
    ("sts:GetWebIdentityToken", "*"),
    ("s3:ListBucket", "arn:aws:s3:::reports"),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:blue"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:blue/alice-AbCdEf"),
    ("sns:Publish", "arn:aws:sns:us-east-1:111122223333:alice"),
    ("dynamodb:Query", "arn:aws:dynamodb:us-east-1:111122223333:table/orders/index/blue"),
];

const CALLERS: [&str; 15] = [
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/team/bob",
    "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:iam::111122223333:role/ops/app",
    "arn:aws:sts::111122223333:assumed-role/app/run-1",
    "arn:aws:sts::444455556666:assumed-role/app/run-1",
    "arn:aws:sts::111122223333:federated-user/alice",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/x",
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice",
    "anonymous",
    "service:lambda.amazonaws.com",
    "service:logs.amazonaws.com",
];

pub(crate) const KEYS: [(&str, &[&str], &str); 25] = [
    ("aws:SourceIp", &["203.0.113.7", "2001:db8::7", "10.1.2.3"], "ip"),
    ("aws:username", &["alice", "bob", "Alice", "a*", ""], "string"),
    ("aws:PrincipalTag/team", &["blue", "BLUE", "green", "", "re?ports"], "string"),
    ("aws:ResourceTag/team", &["blue", "red"], "string"),
    (
        "aws:PrincipalArn",
        &["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/ops/app", "alice"],
        "arn",
    ),
    ("aws:SourceArn", &["arn:aws:sqs:us-east-1:111122223333:orders", "arn:aws:s3:::reports"], "arn"),
    ("aws:CurrentTime", &["2026-05-01T10:00:00Z", "2026-05-01", "1777629600", "2026", "soon"], "date"),
    ("aws:EpochTime", &["1777629600", "1777629601", "2026-05-01T12:00:00+02:00"], "date"),
    ("s3:max-keys", &["10", "11", "9.5", "-3", "ten", "10abc", "010.0"], "numeric"),
    ("aws:MultiFactorAuthPresent", &["true", "false", "TRUE"], "bool"),
    ("aws:SecureTransport", &["true", "false", "yes"], "bool"),
    ("aws:TagKeys", &["team", "cost", "Team", "team2", ""], "many"),
    ("aws:CalledVia", &["athena.amazonaws.com", "glue.amazonaws.com"], "many"),
    ("aws:PrincipalOrgID", &["o-blue", "o-red"], "string"),
    ("s3:prefix", &["home/alice/", "home/", "reports/a"], "string"),
    ("svc:blob", &["YQ==", "Yg=="], "binary"),
    ("aws:RequestedRegion", &["us-east-1", "eu-west-1"], "string"),
    ("aws:RequestTag/team", &["blue", "red"], "string"),
    ("aws:SourceVpce", &["vpce-0a1b", "vpce-0c2d"], "string"),
    ("s3:x-amz-server-side-encryption", &["aws:kms", "AES256"], "string"),
    ("dynamodb:LeadingKeys", &["alice", "blue", ""], "many"),
    ("aws:PrincipalOrgPaths", &["o-blue/r-1/ou-1/", "o-blue/r-1/ou-2/"], "many"),
    ("aws:SourceAccount", &[OWN, OTHER], "string"),
    ("aws:PrincipalTag/path", &["home", "a/b", "", "blue"], "string"),
    ("aws:ViaAWSService", &["true", "false"], "bool"),
];

/// One case.
pub(crate) fn case(random: &mut Random) -> Value {
    let (action, resource) = random.pick(&ASKED);
    let caller = random.pick(&CALLERS);
    let account = caller.split(':').nth(4).filter(|_| caller.starts_with("arn:")).unwrap_or(OWN);
    let owner = if random.chance(80) { account } else { random.pick(&[OWN, OTHER]) };
    let mut context = Map::new();
    let mut multivalued = Vec::new();
    for (key, values, kind) in KEYS {
        if !random.chance(60) {
            continue;
        }
        let name = if random.chance(10) { key.to_lowercase() } else { key.to_owned() };
        let many = kind == "many" || random.chance(3);
        let count = if many { random.below(4) } else { 1 };
        let given: Vec<&str> = (0..count).map(|_| random.pick(values)).collect();
        if many {
            multivalued.push(name.clone());
        }
        context.insert(name, json!(given));
    }
    let mut request = json!({
        "principal": caller, "action": casing(random, action), "resource": resource, "resource_account": owner,
        "context": context, "multivalued_keys": multivalued,
    });
    if random.chance(8) {
        request["management_account"] = json!(true);
    }
    if random.chance(40) {
        request["vpc_endpoint_type"] = json!(random.pick(&["gateway", "interface"]));
    }
    let mut maker = Maker { random, action, resource, caller, counter: 0, context };
    let policies = maker.policies();
    let mut case = json!({"id": 0, "request": request, "policies": policies});
    if maker.random.chance(30) {
        case["context_complete"] = json!(false);
    }
    case
}

fn casing(random: &mut Random, text: &str) -> String {
    match random.below(12) {
        0 => text.to_lowercase(),
        1 => text.to_uppercase(),
        _ => text.to_owned(),
    }
}

struct Maker<'m> {
    random: &'m mut Random,
    action: &'m str,
    resource: &'m str,
    caller: &'m str,
    counter: usize,
    context: Map<String, Value>,
}

impl Maker<'_> {
    fn policies(&mut self) -> Value {
        let mut all = Map::new();
        for (kind, percent) in [
            ("identity-based", 80),
            ("resource-based", 60),
            ("permissions-boundary", 30),
            ("session", 25),
            ("vpc-endpoint", 20),
        ] {
            if self.random.chance(percent) {
                all.insert(kind.to_owned(), self.list(kind));
            }
        }
        for (kind, percent) in [("service-control", 35), ("resource-control", 35)] {
            if self.random.chance(percent) {
                let levels = 1 + self.random.below(3);
                let levels: Vec<Value> = (0..levels).map(|_| self.list(kind)).collect();
                all.insert(kind.to_owned(), json!(levels));
            }
        }
        Value::Object(all)
    }

    fn list(&mut self, kind: &str) -> Value {
        let count = [1, 1, 1, 2, 0][self.random.below(5)];
        let policies: Vec<Value> = (0..count).map(|_| self.policy(kind)).collect();
        json!(policies)
    }

    fn policy(&mut self, kind: &str) -> Value {
        self.counter += 1;
        let count = 1 + self.random.below(3);
        let mut statements: Vec<Value> = (0..count).map(|_| self.statement(kind)).collect();
        if kind == "service-control" && self.random.chance(60) {
            statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        }
        let statement =
            if statements.len() == 1 && self.random.chance(50) { statements.remove(0) } else { json!(statements) };
        let mut document = json!({"Statement": statement});
        match self.random.below(10) {
            0 => {}
            1 => document["Version"] = json!("2008-10-17"),
            _ => document["Version"] = json!("2012-10-17"),
        }
        json!({"name": format!("p{}", self.counter), "document": document})
    }

    fn statement(&mut self, kind: &str) -> Value {
        let mut statement = Map::new();
        let deny = self.random.chance(if kind == "resource-control" { 90 } else { 18 });
        statement.insert("Effect".to_owned(), json!(if deny { "Deny" } else { "Allow" }));
        let negated = self.random.chance(12);
        let actions = self.some(|maker| maker.action_pattern(negated));
        statement.insert(if negated { "NotAction" } else { "Action" }.to_owned(), actions);
        if !self.random.chance(3) {
            let negated = self.random.chance(15);
            let resources = if negated && self.random.chance(50) {
                json!((0..2 + self.random.below(3)).map(|_| self.resource_pattern()).collect::<Vec<_>>())
            } else {
                self.some(Maker::resource_pattern)
            };
            statement.insert(if negated { "NotResource" } else { "Resource" }.to_owned(), resources);
        }
        let with_principal = match kind {
            "resource-based" | "resource-control" => 97,
            "vpc-endpoint" => 60,
            _ => 2,
        };
        if self.random.chance(with_principal) {
            let negated = self.random.chance(if deny { 20 } else { 8 });
            let principal =
                if kind == "resource-control" && self.random.chance(80) { json!("*") } else { self.principal() };
            statement.insert(if negated { "NotPrincipal" } else { "Principal" }.to_owned(), principal);
        }
        let conditions = [0, 0, 0, 1, 1, 2][self.random.below(6)];
        if conditions > 0 {
            let mut block = Map::new();
            for _ in 0..conditions {
                let (operator, key, values) = self.condition();
                let entry = block.entry(operator).or_insert_with(|| json!({}));
                entry[key] = values;
            }
            statement.insert("Condition".to_owned(), Value::Object(block));
        }
        Value::Object(statement)
    }

    fn some(&mut self, mut make: impl FnMut(&mut Self) -> String) -> Value {
        let count = [1, 1, 1, 2, 3][self.random.below(5)];
        let items: Vec<String> = (0..count).map(|_| make(self)).collect();
        if items.len() == 1 && self.random.chance(60) { json!(items[0]) } else { json!(items) }
    }

    fn action_pattern(&mut self, negated: bool) -> String {
        let (service, name) = self.action.split_once(':').unwrap();
        let pattern = match self.random.below(if negated { 9 } else { 17 }) {
            0 => format!("{service}:"),
            1 => format!("*:{name}"),
            2 => "ec2:Describe*".to_owned(),
            3 => format!("{service}:{}", &name[..name.len() - 1]),
            4 => format!("{service}:{name} "),
            5 => format!("{service}:?{}", &name[2..]),
            6 => format!("{service}:{}*x", &name[..2]),
            7 => "iam:*".to_owned(),
            8 => format!("{service}:?{}", &name[1..]),
            9 => "*".to_owned(),
            10 => format!("{service}:*"),
            11 => format!("{service}:{}*", &name[..3]),
            _ => format!("{service}:{name}"),
        };
        casing(self.random, &pattern)
    }

    fn resource_pattern(&mut self) -> String {
        if self.resource == "*" {
            return self.random.pick(&["*", "*", "arn:aws:s3:::reports", "arn:*"]).to_owned();
        }
        let parts: Vec<&str> = self.resource.splitn(6, ':').collect();
        let mut own: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let at = 1 + self.random.below(5);
        let tail: Vec<char> = own[5].chars().collect();
        let cut = 1 + self.random.below(tail.len() - 1);
        let tail_of = |range: std::ops::Range<usize>| tail[range].iter().collect::<String>();
        match self.random.below(32) {
            0..=3 => return "*".to_owned(),
            4 => "*".clone_into(&mut own[at]),
            5 => own[at] = format!("{}*", own[at].chars().take(2).collect::<String>()),
            6 => own[at] = format!("*{}", own[at].chars().skip(2).collect::<String>()),
            7 => own[at] = own[at].chars().map(|c| if c.is_ascii_digit() { '?' } else { c }).collect(),
            8 => own[5] = format!("{}*", tail_of(0..cut)),
            9 => own[5] = format!("*{}", tail_of(cut..tail.len())),
            10 => own[5] = format!("{}*{}", tail_of(0..cut), tail_of(cut..tail.len())),
            11 => own[5] = format!("{}?{}", tail_of(0..cut), tail_of(cut + 1..tail.len().max(cut + 1))),
            12 => own[5] = own[5].replace("alice", "${aws:username}").replace("blue", "${aws:PrincipalTag/team}"),
            13 => own[5] = format!("{}${{aws:PrincipalTag/team, '{}'}}", tail_of(0..cut), tail_of(cut..tail.len())),
            14 => own[5] = format!("${{aws:username}}{}", tail_of(0..cut)),
            15 => own[5] = format!("{}${{*}}", tail_of(0..cut)),
            16 => own[5] = own[5].to_uppercase(),
            17 => own.truncate(2 + self.random.below(4)),
            18 => {
                own.truncate(2 + self.random.below(4));
                let last = own.last_mut().unwrap();
                *last = format!("{}*", last.chars().take(2).collect::<String>());
            }
            19 => {
                // a part is left out, and a star before it may run over the gap
                own.remove(at.min(4));
                "*".clone_into(&mut own[2]);
            }
            20 => own[at] = format!("{}x", own[at]),
            21 => {
                return self
                    .random
                    .pick(&["reports", "arn:aws:iam::*:role/*", "arn:aws:*", "arn:a*s:s?:::*"])
                    .to_owned();
            }
            22 => own[5] = format!("{}${{aws:PrincipalTag/path}}*", tail_of(0..cut)),
            23 => "${aws:PrincipalTag/team}/${aws:username}".clone_into(&mut own[5]),
            24 => own[5] = format!("{}${{aws:PrincipalOrgID}}", tail_of(0..cut)),
            25..=27 if own[2] == "execute-api" => {
                // the short form of API Gateway, in places where it counts and where it does not
                let of_api = ["/*", "/prod/GET/x", "/prod/*", "/*/POST/*", "/GET/x", "/prod/GET/${aws:username}"];
                return format!("execute-api:{}", self.random.pick(&of_api));
            }
            _ => {}
        }
        own.join(":")
    }

    fn principal(&mut self) -> Value {
        let account =
            self.caller.split(':').nth(4).filter(|_| self.caller.starts_with("arn:")).unwrap_or(OWN).to_owned();
        let mut kinds: Map<String, Value> = Map::new();
        let count = [0, 1, 1, 1, 2, 3][self.random.below(6)];
        if count == 0 {
            return json!("*");
        }
        for _ in 0..count {
            let name = self
                .caller
                .rsplit('/')
                .nth(usize::from(self.caller.contains(":assumed-role/")))
                .unwrap_or("x")
                .to_owned();
            let (kind, value) = match self.random.below(13) {
                0 => ("AWS", "*".to_owned()),
                1 => ("AWS", account.clone()),
                2 => ("AWS", format!("arn:aws:iam::{account}:root")),
                3 => ("AWS", OTHER.to_owned()),
                4 => ("AWS", format!("arn:aws:iam::{account}:role/{name}")),
                5 => ("AWS", format!("arn:aws:iam::{account}:role/ops/{}", name.to_uppercase())),
                6 => ("AWS", format!("arn:aws:iam::{account}:user/{name}")),
                7 => ("AWS", "AIDAEXAMPLEID".to_owned()),
                8 => ("Service", self.caller.trim_start_matches("service:").to_owned()),
                9 => ("Service", "lambda.amazonaws.com".to_owned()),
                10 => ("AWS", format!("arn:aws:sts::{account}:assumed-role/{name}/run-1")),
                _ => ("AWS", self.caller.trim_start_matches("service:").to_owned()),
            };
            let entry = kinds.entry(kind.to_owned()).or_insert_with(|| json!([]));
            entry.as_array_mut().unwrap().push(json!(value));
        }
        Value::Object(kinds)
    }

    fn condition(&mut self) -> (String, String, Value) {
        let (key, values, kind) = self.random.pick(&KEYS);
        let kind = if self.random.chance(6) {
            self.random.pick(&["string", "ip", "arn", "date", "numeric", "bool"])
        } else {
            kind
        };
        let base = match kind {
            "ip" => self.random.pick(&["IpAddress", "NotIpAddress"]),
            "arn" => self.random.pick(&["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike"]),
            "date" => self.random.pick(&[
                "DateEquals",
                "DateNotEquals",
                "DateLessThan",
                "DateLessThanEquals",
                "DateGreaterThan",
                "DateGreaterThanEquals",
            ]),
            "numeric" => self.random.pick(&[
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThan",
                "NumericLessThanEquals",
                "NumericGreaterThan",
                "NumericGreaterThanEquals",
            ]),
            "bool" => "Bool",
            "binary" => "BinaryEquals",
            _ => self.random.pick(&[
                "StringEquals",
                "StringNotEquals",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
                "StringLike",
                "StringNotLike",
            ]),
        };
        if self.random.chance(8) {
            return ("Null".to_owned(), key.to_owned(), json!(self.random.pick(&["true", "false"])));
        }
        let set = match self.random.below(if kind == "many" { 5 } else { 14 }) {
            0 | 1 => "ForAnyValue:",
            2 | 3 if kind == "many" => "ForAllValues:",
            2 => "ForAllValues:",
            _ => "",
        };
        let suffix = if self.random.chance(15) { "IfExists" } else { "" };
        let mut operator = format!("{set}{base}{suffix}");
        if self.random.chance(4) {
            operator = operator.to_lowercase();
        }
        if self.random.chance(1) {
            "StringMatches".clone_into(&mut operator);
        }
        let given = self.context.get(key).and_then(|value| value[0].as_str()).map(str::to_owned);
        let count = [1, 1, 1, 2, 3][self.random.below(5)];
        let wanted: Vec<Value> = (0..count).map(|_| self.value(kind, values, given.as_deref())).collect();
        let wanted = if wanted.len() == 1 && self.random.chance(60) { wanted[0].clone() } else { json!(wanted) };
        (operator, if self.random.chance(8) { key.to_uppercase() } else { key.to_owned() }, wanted)
    }

    /// A value of a policy: near to what the request has, or to what it could have.
    fn value(&mut self, kind: &str, values: &[&str], given: Option<&str>) -> Value {
        let base =
            given.filter(|_| self.random.chance(60)).map_or_else(|| self.random.pick(values).to_owned(), str::to_owned);
        let text: Vec<char> = base.chars().collect();
        let cut = self.random.below(text.len().max(1));
        let head: String = text[..cut.min(text.len())].iter().collect();
        match (kind, self.random.below(15)) {
            ("ip", 0..=5) => json!(self.random.pick(&[
                "203.0.113.0/24",
                "0.0.0.0/0",
                "::/0",
                "2001:DB8:0:0:0:0:0:7",
                "2001:db8::/32",
                "10.0.0.0/8",
                "10.1.2.3/31",
                "nowhere",
            ])),
            ("numeric", 0) => json!(10),
            ("numeric", 1) => json!("9.99"),
            ("bool", 0) => json!(true),
            ("bool", 1) => json!("${aws:SecureTransport}"),
            ("arn", 0) => json!("arn:aws:iam::*:user/*"),
            ("arn", 1) => json!("arn:aws:iam::111122223333:*/${aws:username}"),
            ("arn", 2) => json!("${aws:SourceArn}"),
            ("arn", 3) => json!("arn:*:*:*:*:*"),
            ("string" | "many", 0) => json!("${aws:username}"),
            ("string" | "many", 1) => json!(format!("{head}*")),
            ("string" | "many", 2) => json!("${aws:PrincipalTag/team, 'blue'}"),
            ("string" | "many", 3) => json!("home/${aws:username}/*"),
            ("string" | "many", 4) => json!("*"),
            ("string" | "many", 5) => json!("${aws:TagKeys}"),
            ("string" | "many", 12) => json!(""),
            ("string" | "many", 13) => json!("${aws:PrincipalTag/path}/${aws:username}"),
            ("string" | "many", 14) => json!("${aws:SourceAccount}"),
            (_, 6) => json!(base.to_uppercase()),
            (_, 7) => json!(self.random.pick(values)),
            _ => json!(base),
        }
    }
}
