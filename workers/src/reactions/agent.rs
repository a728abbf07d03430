//! A 委任状 that is asked for gets a billing agent's ID of the pool; one that is void, or whose agent was released, gives it back.
//! What was carried over names its ID already: the pool is told.

use super::{Happening, Reaction};
use daicho_domain::agent::{Command as Pool, Event as Pooled, Kept, Want};
use daicho_domain::identifiers::AgentId;
use daicho_domain::nouns::{self, Command, State};
use daicho_domain::poa::{Command as Poa, Event, NamedAgent, Purpose, Sheet};
use daicho_domain::stream::{ApplicationId, PoaId, Stream};
use daicho_domain::transmission::{
    CarriedOffice, CarriedStanding, Event as Transmission, OfficeRef,
};

pub(super) const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "assign_agent",
        on: &["poa.requested", "poa.carried_over"],
        react: assign,
    },
    Reaction {
        name: "take_up_agent_of_paper",
        on: &["poa.carried_over"],
        react: take_up_paper,
    },
    Reaction {
        name: "take_up_agents_of_offices",
        on: &["transmission.carried_over"],
        react: take_up_offices,
    },
    Reaction {
        name: "give_agent_back",
        on: &["poa.voided"],
        react: give_back,
    },
    Reaction {
        name: "give_released_agent_back",
        on: &["transmission.agent_released"],
        react: release,
    },
    Reaction {
        name: "name_agent",
        on: &["agent.assigned", "agent.wanting"],
        react: name,
    },
];

fn assign(happening: Happening<'_>) -> Vec<Command> {
    let Some((poa, Event::Requested { .. } | Event::CarriedOver { .. }, sheet)) = of(happening)
    else {
        return vec![];
    };
    if sheet.agent != NamedAgent::Awaited {
        return vec![];
    }
    let whose = &sheet.assignment;
    let want = Want {
        poa,
        purpose: whose.purpose,
        corporation: whose.corporation,
        service: whose.service,
        office: whose.office,
        number: whose.number,
    };
    vec![Command::agent(&Stream::Agents, Pool::Assign { want })]
}

fn take_up_paper(happening: Happening<'_>) -> Vec<Command> {
    let Some((poa, Event::CarriedOver { .. }, sheet)) = of(happening) else {
        return vec![];
    };
    let said = match sheet.agent {
        NamedAgent::Named(agent) => Some(agent),
        NamedAgent::Configured => None,
        NamedAgent::Awaited | NamedAgent::Missing(_) => return vec![],
    };
    let number = sheet.assignment.number;
    match sheet.assignment.purpose {
        Purpose::Start => take_up(vec![(Kept { poa, number }, said)]),
        Purpose::End => vec![],
    }
}

/// Of an office that transmits nothing but that needs to be known: its paper may not be carried over.
fn take_up_offices(happening: Happening<'_>) -> Vec<Command> {
    let nouns::Event::Transmission(Transmission::CarriedOver {
        application,
        offices,
        ..
    }) = happening.event
    else {
        return vec![];
    };
    let served = offices.iter().filter(|office| match office.standing {
        CarriedStanding::Issued { .. } | CarriedStanding::Started { .. } => true,
        CarriedStanding::Incomplete { .. }
        | CarriedStanding::Complete {}
        | CarriedStanding::Preparing { .. } => false,
    });
    take_up(served.map(|office| named(*application, office)).collect())
}

fn named(application: ApplicationId, office: &CarriedOffice) -> (Kept, Option<AgentId>) {
    let kept = Kept {
        poa: PoaId::of(application, office.office),
        number: office.number,
    };
    (kept, office.agent)
}

fn take_up(papers: Vec<(Kept, Option<AgentId>)>) -> Vec<Command> {
    if papers.is_empty() {
        return vec![];
    }
    vec![Command::agent(&Stream::Agents, Pool::TakeUp { papers })]
}

fn give_back(happening: Happening<'_>) -> Vec<Command> {
    let Some((poa, Event::Voided { .. }, sheet)) = of(happening) else {
        return vec![];
    };
    let number = sheet.assignment.number;
    vec![Command::agent(
        &Stream::Agents,
        Pool::GiveBack { poa, number },
    )]
}

fn release(happening: Happening<'_>) -> Vec<Command> {
    let (
        State::Transmission(state),
        nouns::Event::Transmission(Transmission::AgentReleased {
            application,
            office,
            ..
        }),
    ) = (happening.after, happening.event)
    else {
        return vec![];
    };
    let about = OfficeRef {
        application: *application,
        office: *office,
    };
    let Some(entry) = state.entry(about) else {
        return vec![];
    };
    let back = Pool::GiveBack {
        poa: entry.poa(),
        number: entry.number,
    };
    vec![Command::agent(&Stream::Agents, back)]
}

fn name(happening: Happening<'_>) -> Vec<Command> {
    let nouns::Event::Agent(event) = happening.event else {
        return vec![];
    };
    let (poa, command) = match event {
        Pooled::Assigned { agent, want, .. } => (want.poa, Poa::NameAgent { agent: *agent }),
        Pooled::Wanting { want, why } => (want.poa, Poa::NoteAgentMissing { why: *why }),
        Pooled::Added { .. }
        | Pooled::Retired { .. }
        | Pooled::TakenUp { .. }
        | Pooled::Dropped { .. }
        | Pooled::Released { .. } => return vec![],
    };
    vec![Command::poa(&Stream::Poa(poa), command)]
}

fn of(happening: Happening<'_>) -> Option<(PoaId, &Event, &Sheet)> {
    match (happening.stream, happening.event, happening.after) {
        (Stream::Poa(poa), nouns::Event::Poa(event), State::Poa(state)) => {
            Some((*poa, event, state.sheet()?))
        }
        (_, _, _) => None,
    }
}
