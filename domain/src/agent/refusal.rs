//! Why the pool says no.

use crate::identifiers::AgentId;
use crate::refusals::refusals;
use crate::rules::RuleError;

refusals! {
    /// Why a request to the pool is refused.
    Refusal {
        /// The ID is not in the pool.
        UnknownAgent { /// The ID.
            agent: AgentId } = "agent.unknown_id",
            "代理人ID {agent} は登録されていません。代理人IDの画面で登録するか、番号を確認してください。",
            "The agent's ID {agent} is not in the pool. Add it, or check the number.";
        /// It serves as many offices as it may.
        Full { /// The ID.
            agent: AgentId, /// How many it may serve.
            offices_max: u32 } = "agent.full",
            "代理人ID {agent} は上限の {offices_max} 事業所に達しています。別のIDを選ぶか、新しいIDを登録してください。",
            "The agent's ID {agent} serves {offices_max} offices, as many as it may. Choose another one or add one.";
        /// It is given to no further office.
        Retired { /// The ID.
            agent: AgentId } = "agent.retired",
            "代理人ID {agent} は新しい割り当てを止めています。別のIDを選ぶか、代理人IDの画面でもう一度登録してください。",
            "The agent's ID {agent} is retired. Choose another one or add it again.";
        /// Another ID serves the office.
        ServedByOther { /// That ID.
            agent: AgentId } = "agent.served_by_other",
            "この事業所番号は代理人ID {agent} が受け持っています。{agent} を選んでください。",
            "The agent's ID {agent} serves this office number already. Choose that one.";
        /// The 委任状 waits for no ID.
        NotWanting = "agent.not_wanting",
            "この委任状は代理人IDの割り当てを待っていません。案件を開き直して確認してください。",
            "This power of attorney waits for no agent's ID. Open the case again.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "agent.no_rule",
            "規程から代理人ID1つの事業所数を決められません。{why}",
            "The rule books do not say how many offices an agent's ID serves: {why}";
    }
}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::NoRule { why }
    }
}
