create table account_standing (
    account_id bigint primary key references account (id),
    source text not null,
    as_of_at timestamp with time zone not null,
    received_at timestamp with time zone not null,
    received_from text not null,
    balance bigint not null,
    past_due bigint not null,
    due_on date,
    disconnect text not null,
    disconnect_on date,
    cash_only boolean not null,
    arrangement text not null,
    instalment bigint,
    instalment_due_on date
);

create table account_bill (
    id bigint primary key,
    account_id bigint not null references account (id),
    service text not null,
    number text not null,
    cycle text,
    from_on date,
    to_on date not null,
    usage bigint,
    unit text,
    amount bigint not null,
    billed_on date,
    paid_on date,
    as_of_at timestamp with time zone not null
);
create unique index ux_account_bill_number on account_bill (account_id, service, number);
