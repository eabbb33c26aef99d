create table account_standing (
    account_id integer primary key references account (id),
    source text not null,
    as_of_at text not null,
    received_at text not null,
    received_from text not null,
    balance integer not null,
    past_due integer not null,
    due_on text,
    disconnect text not null,
    disconnect_on text,
    cash_only integer not null,
    arrangement text not null,
    instalment integer,
    instalment_due_on text
);

create table account_bill (
    id integer primary key,
    account_id integer not null references account (id),
    service text not null,
    number text not null,
    cycle text,
    from_on text,
    to_on text not null,
    usage integer,
    unit text,
    amount integer not null,
    billed_on text,
    paid_on text,
    as_of_at text not null
);
create unique index ux_account_bill_number on account_bill (account_id, service, number);
