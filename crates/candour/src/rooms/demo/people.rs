//! The people of the demonstration and what they wrote: all made up, with addresses that cannot exist (RFC 2606).
//!
//! Days are counted back from the day the demonstration begins, so that its lists and its forecast have a shape: some
//! enquiries wait, some are answered, some are closed and fall due in the next weeks.

/// A member of staff.
pub(super) struct Colleague {
    /// As the door's form names them.
    pub code: &'static str,
    /// `desk`, `officer` or `operator`.
    pub role: &'static str,
    /// The role in words.
    pub words: &'static str,
    pub name: &'static str,
    pub email: &'static str,
}

/// Who works here: one for each role, and a second officer, for what takes two.
pub(super) const STAFF: [Colleague; 4] = [
    Colleague {
        code: "desk",
        role: "desk",
        words: "enquiry desk",
        name: "Asha Rahman",
        email: "asha.rahman@segfl.example",
    },
    Colleague {
        code: "officer",
        role: "officer",
        words: "data protection officer",
        name: "Tomos Pugh",
        email: "tomos.pugh@segfl.example",
    },
    Colleague {
        code: "operator",
        role: "operator",
        words: "operator",
        name: "Grace Adeyemi",
        email: "grace.adeyemi@segfl.example",
    },
    Colleague {
        code: "second-officer",
        role: "officer",
        words: "second data protection officer",
        name: "Ruth Adler",
        email: "ruth.adler@segfl.example",
    },
];

/// Somebody who asked, and what became of it.
pub(super) struct Asked {
    pub name: &'static str,
    pub email: &'static str,
    pub school: &'static str,
    pub role: &'static str,
    /// Empty where none was given.
    pub telephone: &'static str,
    /// A code of the field `topic`.
    pub topic: &'static str,
    /// How many days ago it was received.
    pub ago: i64,
    pub message: &'static str,
    /// What followed, oldest first: days ago, and what.
    pub then: &'static [(i64, Then)],
}

/// What follows an enquiry.
pub(super) enum Then {
    /// The desk answers; the officer, where data and rights are the topic.
    Answer(&'static str),
    /// The desk closes it.
    Close,
    /// The desk notes something for itself.
    Note(&'static str),
    /// The person writes again.
    Write(&'static str),
}

use Then::{Answer, Close, Note, Write};

/// Everybody who asked, oldest first.
pub(super) const ASKED: [Asked; 24] = [
    Asked {
        name: "Helen Marsh",
        email: "office@oakwood-primary.example",
        school: "Oakwood Primary School",
        role: "School business manager",
        telephone: "01632 960118",
        topic: "broadband",
        ago: 151,
        message: "Our contract for the internet line runs out in the spring and the governors would like figures before the summer. Could you tell us what a 200 Mbit/s line would cost us as a single-form-entry school, and whether filtering is part of it?",
        then: &[
            (149, Note("Single-form entry, about 210 on roll. Currently 80 Mbit/s with another supplier.")),
            (
                148,
                Answer(
                    "Thank you for asking early. Filtering is part of every line. I have asked for a price for 200 Mbit/s at your address and will write again when I have it, which should be within two weeks.",
                ),
            ),
            (
                138,
                Answer(
                    "The price has come: it is in the quote that we have posted to the school. It holds until the end of September.",
                ),
            ),
            (84, Close),
        ],
    },
    Asked {
        name: "Dafydd Rees",
        email: "d.rees@st-brannocks.example",
        school: "St Brannock's Church of England Primary School",
        role: "Head teacher",
        telephone: "",
        topic: "passport",
        ago: 143,
        message: "Two of our teachers also work at the school in the next village. Can they use one Passport account for both schools, or does each school give them an account of its own?",
        then: &[
            (
                141,
                Answer(
                    "One account is enough. Ask the other school's administrator to add them; they then choose the school when they sign in.",
                ),
            ),
            (80, Close),
        ],
    },
    Asked {
        name: "Priya Nair",
        email: "it@hollins-academy.example",
        school: "Hollins Academy",
        role: "Network manager",
        telephone: "020 7946 0321",
        topic: "certificates",
        ago: 136,
        message: "The certificate for our remote desktop gateway ends on the last day of term. I have a new signing request ready (3072-bit). Where do I send it, and can you add a second name, so that the old address goes on working?",
        then: &[
            (
                135,
                Answer(
                    "Please send the request through the certificates page of your account. A second name is fine as long as it ends in a domain that your school holds.",
                ),
            ),
            (133, Write("Done, thank you. The second name is shown as waiting. Is there anything I have to do?")),
            (132, Note("Second name waits for proof that the school holds the domain. Told her how by telephone.")),
            (
                131,
                Answer(
                    "It waited for the proof that the domain is yours. That has arrived now, and the certificate is ready to be collected.",
                ),
            ),
            (77, Close),
        ],
    },
    Asked {
        name: "Ruth Ellery",
        email: "finance@castlegate-federation.example",
        school: "Castlegate Federation",
        role: "Finance officer",
        telephone: "01632 960274",
        topic: "procurement",
        ago: 129,
        message: "We are three schools with one budget. Are we one member or three when we buy through the framework? It changes whether we have to go to our board.",
        then: &[
            (
                126,
                Answer(
                    "For the framework a federation is one buyer, and the value of all three schools counts together. I have attached nothing to this message, because our answers carry no files; the table is on the procurement page.",
                ),
            ),
            (71, Close),
        ],
    },
    Asked {
        name: "Marek Kowalczyk",
        email: "m.kowalczyk@thornbury-park.example",
        school: "Thornbury Park School",
        role: "IT technician",
        telephone: "",
        topic: "broadband",
        ago: 118,
        message: "Since the holidays we lose the line every morning between about 8.40 and 8.55, just when registers are taken. The router stays up. I have logs for the last eight school days if they help.",
        then: &[
            (117, Note("Same street cabinet as two other schools, both fine. Ask for the logs.")),
            (
                117,
                Answer(
                    "Thank you for looking so closely. Yes, please keep the logs: our engineer will ring you tomorrow and tell you where to put them.",
                ),
            ),
            (
                113,
                Write(
                    "The engineer came and changed the power supply of the unit in the loft. It has held for three mornings. Thank you!",
                ),
            ),
            (112, Answer("We are glad to hear it. I will leave this open for a while in case it comes back.")),
            (60, Close),
        ],
    },
    Asked {
        name: "Josephine Blackwood",
        email: "j.blackwood@meadowbank.example",
        school: "Meadowbank Infant School",
        role: "School secretary",
        telephone: "01632 960455",
        topic: "other",
        ago: 109,
        message: "A parent has asked us who provides our internet and whether it is 'the council'. What may I tell her?",
        then: &[
            (
                107,
                Answer(
                    "You may tell her that your line comes through SEGfL, a consortium of which your local authority is a member, and point her to our website. Nothing about it is secret.",
                ),
            ),
            (51, Close),
        ],
    },
    Asked {
        name: "Owen Tremlett",
        email: "owen.tremlett@castle-view.example",
        school: "Castle View High School",
        role: "Assistant head teacher",
        telephone: "",
        topic: "privacy",
        ago: 102,
        message: "I left Castle View's Passport group when I changed schools last year. Please tell me whether you still hold anything about me from then, and delete it if you do.",
        then: &[
            (100, Note("Passed to Tomos: request about his own data.")),
            (
                96,
                Answer(
                    "Thank you for your request. The account that your former school opened for you was deleted when it had not been used for a year. What we hold about you now is this enquiry. Its link shows you all of it, and you can withdraw it there yourself.",
                ),
            ),
            (42, Close),
        ],
    },
    Asked {
        name: "Nkechi Obi",
        email: "n.obi@riverside-special.example",
        school: "Riverside School",
        role: "School business manager",
        telephone: "01632 960539",
        topic: "procurement",
        ago: 95,
        message: "We would like to buy forty tablets with covers before the end of the financial year. Is there still room on the devices framework, and who places the order: you or we?",
        then: &[
            (
                92,
                Answer(
                    "There is room until March. You place the order with the supplier and quote our framework number; we only check that the terms are kept.",
                ),
            ),
            (90, Write("Thank you. May we order in two lots, twenty now and twenty in the spring?")),
            (88, Answer("Yes, as long as the second order is placed before 31 March.")),
        ],
    },
    Asked {
        name: "Simon Fairweather",
        email: "head@little-ashby.example",
        school: "Little Ashby Church of England School",
        role: "Head teacher",
        telephone: "",
        topic: "broadband",
        ago: 88,
        message: "We are 34 children at the end of a very long lane. Everybody tells us that fibre is two years away. Is there anything better than what we have in the meantime?",
        then: &[
            (85, Note("4 Mbit/s at best today. Ask about fixed wireless from the church tower.")),
            (
                81,
                Answer(
                    "There may be: a wireless link from the church tower would give you about 50 Mbit/s. We would need the parish's leave. Would you like us to ask what it costs?",
                ),
            ),
            (
                5,
                Write(
                    "Forgive the silence: the governors had to meet first. Yes please! The rector is one of them, so leave should not be the difficulty.",
                ),
            ),
        ],
    },
    Asked {
        name: "Yasmin Chaudhry",
        email: "y.chaudhry@northfield-tst.example",
        school: "Northfield Teaching Trust",
        role: "Network manager",
        telephone: "020 7946 0658",
        topic: "passport",
        ago: 82,
        message: "We are moving nine schools to one directory over half-term. Can the Passport follow the change of our sign-in server, or will every member of staff have to be invited again?",
        then: &[
            (
                80,
                Answer(
                    "Nobody has to be invited again as long as the staff number stays the same. Please tell us the date a week before, so that someone is at hand.",
                ),
            ),
            (38, Close),
        ],
    },
    Asked {
        name: "Gareth Pugh-Jones",
        email: "g.pugh-jones@bryn-coch.example",
        school: "Bryn Coch School",
        role: "Caretaker",
        telephone: "01632 960602",
        topic: "broadband",
        ago: 74,
        message: "Your grey box in our boiler room has begun to hum. It did not hum before. Should I worry?",
        then: &[
            (
                74,
                Answer(
                    "Thank you for telling us. It is the fan, and it wants changing, but nothing can happen to the building. A colleague will come on Thursday morning.",
                ),
            ),
            (30, Close),
        ],
    },
    Asked {
        name: "Bridget Connolly",
        email: "b.connolly@st-aidans.example",
        school: "St Aidan's Catholic Primary School",
        role: "School business manager",
        telephone: "",
        topic: "certificates",
        ago: 67,
        message: "We have had an e-mail that says our certificate is about to end and asks for a card payment. Is it from you? It has your logo.",
        then: &[
            (
                67,
                Answer(
                    "No. We never ask for a card, and your certificate is good until June. Please delete the message; if anyone has followed its link, ring us today.",
                ),
            ),
            (66, Write("Nobody did. Thank you for answering so fast.")),
            (66, Note("Third report of this message this month. Told Grace.")),
            (65, Answer("Thank you, that is good to hear.")),
        ],
    },
    Asked {
        name: "Alasdair Munro",
        email: "a.munro@harbour-college.example",
        school: "Harbour Sixth Form College",
        role: "Network manager",
        telephone: "020 7946 0773",
        topic: "broadband",
        ago: 59,
        message: "We would like a second line on another route, so that examinations do not depend on one cable. Do you offer that, and do both lines share the filtering?",
        then: &[(
            57,
            Answer(
                "Yes to both. The second line takes another route from the building to the exchange wherever there is one. I have asked for a survey of yours.",
            ),
        )],
    },
    Asked {
        name: "Lorna Whitcombe",
        email: "office@fernhill.example",
        school: "Fernhill Junior School",
        role: "School secretary",
        telephone: "01632 960811",
        topic: "passport",
        ago: 52,
        message: "Our new administrator cannot invite anybody. She sees the list of staff, but the button is grey.",
        then: &[
            (51, Note("Approval by the head is missing.")),
            (
                50,
                Answer(
                    "Your head teacher has to approve her once: there is a message waiting in the head's own account. After that the button works.",
                ),
            ),
        ],
    },
    Asked {
        name: "Tobias Lindqvist",
        email: "t.lindqvist@windmill-free.example",
        school: "Windmill Free School",
        role: "Operations manager",
        telephone: "",
        topic: "procurement",
        ago: 45,
        message: "Are free schools members by themselves, or only through their local authority? Ours says one thing and your website another.",
        then: &[(
            42,
            Answer(
                "A free school may buy without being a member. Our website was out of date; thank you for making us look, it is corrected.",
            ),
        )],
    },
    Asked {
        name: "Margaret Aldous",
        email: "m.aldous@saltmarsh.example",
        school: "Saltmarsh Academy",
        role: "Chair of governors",
        telephone: "01632 960847",
        topic: "privacy",
        ago: 38,
        message: "For our record of processing: where are the copies of what you hold kept, and how long does something that you have deleted remain in them?",
        then: &[(
            36,
            Answer(
                "Copies are kept in the United Kingdom and sealed. What we delete is unreadable in every copy after 14 days at the latest. Both are in our privacy notice, so that you can quote it.",
            ),
        )],
    },
    Asked {
        name: "Callum Innes",
        email: "c.innes@millbrook.example",
        school: "Millbrook Community School",
        role: "IT technician",
        telephone: "",
        topic: "certificates",
        ago: 29,
        message: "The library server is so old that it takes no certificate longer than 2048 bits. Can I still have one of those until we replace it in the summer?",
        then: &[
            (
                27,
                Answer(
                    "Yes, until the end of August. Please tell us when the server is gone, so that we can revoke it.",
                ),
            ),
            (
                2,
                Write(
                    "One more question: may the same certificate be used on the printer server, or shall I ask for a second?",
                ),
            ),
        ],
    },
    Asked {
        name: "Farida Haddad",
        email: "f.haddad@queensmead.example",
        school: "Queensmead School",
        role: "School business manager",
        telephone: "020 7946 0902",
        topic: "procurement",
        ago: 23,
        message: "Our auditor would like to see how the price of our line was found. Is there a document that I may give him?",
        then: &[
            (21, Note("Framework award report is public since September.")),
            (
                20,
                Answer(
                    "Yes: the award report of the framework is public and names the price of every band. It is on the procurement page.",
                ),
            ),
        ],
    },
    Asked {
        name: "Edward Lyle",
        email: "e.lyle@two-rivers.example",
        school: "Two Rivers Federation",
        role: "Executive head teacher",
        telephone: "",
        topic: "other",
        ago: 17,
        message: "I would like to bring my deputies to your autumn meeting. Is there room for three, and is the venue step-free? One of us uses a wheelchair.",
        then: &[(
            15,
            Answer(
                "There is room for all of you, and the venue is step-free from the car park to the stage. We look forward to seeing you.",
            ),
        )],
    },
    Asked {
        name: "Sunita Kapoor",
        email: "s.kapoor@elmfield.example",
        school: "Elmfield Primary School",
        role: "School secretary",
        telephone: "01632 960936",
        topic: "broadband",
        ago: 13,
        message: "Since Monday the filter blocks the website of our own school meals supplier. The children's menus are there. Could you allow it?",
        then: &[],
    },
    Asked {
        name: "Ben Okafor",
        email: "b.okafor@highcroft.example",
        school: "Highcroft Secondary School",
        role: "Network manager",
        telephone: "",
        topic: "passport",
        ago: 6,
        message: "Is there a way to see which of our staff have not signed in since September? We want to tidy up before the census.",
        then: &[],
    },
    Asked {
        name: "Imogen Hartley",
        email: "i.hartley@pebble-lane.example",
        school: "Pebble Lane Nursery School",
        role: "Head teacher",
        telephone: "01632 960971",
        topic: "other",
        ago: 4,
        message: "We are a maintained nursery with eleven staff. Is the consortium something for us at all, or only for bigger schools?",
        then: &[],
    },
    Asked {
        name: "Viktor Novak",
        email: "v.novak@stonebridge.example",
        school: "Stonebridge Studio School",
        role: "IT technician",
        telephone: "",
        topic: "certificates",
        ago: 3,
        message: "I asked for a certificate this morning and chose the wrong server name. Can it be stopped before it is issued, or shall I wait and ask for another?",
        then: &[],
    },
    Asked {
        name: "Catherine Doyle",
        email: "c.doyle@larkrise.example",
        school: "Larkrise Primary School",
        role: "School business manager",
        telephone: "020 7946 0188",
        topic: "procurement",
        ago: 1,
        message: "We have to show three quotes for a new switch in our server cupboard, about £900. Does an order through you count as one of them, or does it replace all three?",
        then: &[],
    },
];
