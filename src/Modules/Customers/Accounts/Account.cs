using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

internal enum CustomerClass { Residential, Commercial, Industrial, Municipal, Agricultural }

internal enum AccountStatus { Active, Closed }

internal enum AccountRole { Main, CoHolder, Payer, Occupant, ContactPerson }

/// <summary>Who is billed together, and how.</summary>
internal sealed class Account(long id, string number, CustomerClass customerClass, string billCycle, DateOnly openedOn, string? source = null, string? externalKey = null)
    : IAudited
{
    private readonly List<AccountPerson> people = [];

    public long Id { get; private init; } = id;
    /// <summary>Nine digits with check digit, as printed: <c>4711-0420-3</c>.</summary>
    public string Number { get; private init; } = number;
    public CustomerClass CustomerClass { get; private set; } = customerClass;
    public string BillCycle { get; private set; } = billCycle;
    public AccountStatus Status { get; private set; } = AccountStatus.Active;
    public DateOnly OpenedOn { get; private init; } = openedOn;
    public DateOnly? ClosedOn { get; private set; }
    public string? Source { get; private init; } = source;
    public string? ExternalKey { get; private init; } = externalKey;
    public int Version { get; private set; }
    public IReadOnlyList<AccountPerson> People => people;

    public RecordRef AuditSubject => new("account", Id);

    public void Change(CustomerClass customerClass, string billCycle)
    {
        (CustomerClass, BillCycle) = (customerClass, billCycle);
        Version++;
    }

    public void Close(DateOnly on)
    {
        (Status, ClosedOn) = (AccountStatus.Closed, on);
        Version++;
    }

    public void Reopen()
    {
        (Status, ClosedOn) = (AccountStatus.Active, null);
        Version++;
    }

    /// <summary>Puts a person on the account. A new main person makes the old one a co-holder.</summary>
    public void Add(AccountPerson person)
    {
        if (person.Role == AccountRole.Main)
            StepBack();
        people.Add(person);
        Version++;
    }

    /// <summary>Who is on the account now.</summary>
    public IEnumerable<AccountPerson> Standing => people.Where(p => p.ToOn is null);

    /// <returns>The rule that the change would break, and nothing is changed then: one main person, somebody who is financially responsible.</returns>
    public Problem? ChangePerson(AccountPerson person, AccountRole role, bool responsible)
    {
        if (person.Role == AccountRole.Main && role != AccountRole.Main)
            return new Problem("Role", "The account needs a main person: make someone else the main person instead.", "account.main.missing");
        if (!responsible && !Standing.Any(p => p != person && p.FinanciallyResponsible))
            return new Problem("FinanciallyResponsible", "Somebody on the account must be financially responsible.", "account.responsible.missing");
        if (role == AccountRole.Main && person.Role != AccountRole.Main)
            StepBack();
        person.Change(role, responsible);
        Version++;
        return null;
    }

    /// <inheritdoc cref="ChangePerson"/>
    public Problem? EndPerson(AccountPerson person, DateOnly on)
    {
        if (person.Role == AccountRole.Main)
            return new Problem(null, "The account needs a main person: make someone else the main person first.", "account.main.missing");
        if (!Standing.Any(p => p != person && p.FinanciallyResponsible))
            return new Problem(null, "Somebody on the account must be financially responsible: say who, first.", "account.responsible.missing");
        person.End(on);
        Version++;
        return null;
    }

    /// <summary>Of two who change at once who is on the account the second hears of the first.</summary>
    public void MembersChange() => Version++;

    private void StepBack()
    {
        foreach (var main in Standing.Where(p => p.Role == AccountRole.Main))
            main.Change(AccountRole.CoHolder, main.FinanciallyResponsible);
    }
}

/// <summary>A person on an account, from a day to a day.</summary>
internal sealed class AccountPerson(long id, long accountId, long personId, AccountRole role, bool financiallyResponsible, DateOnly fromOn) : IAudited
{
    public long Id { get; private init; } = id;
    public long AccountId { get; private init; } = accountId;
    public long PersonId { get; private init; } = personId;
    public AccountRole Role { get; private set; } = role;
    public bool FinanciallyResponsible { get; private set; } = financiallyResponsible;
    public DateOnly FromOn { get; private init; } = fromOn;
    public DateOnly? ToOn { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("account", AccountId);

    /// <summary>Whose account it is: its main person and co-holders now.</summary>
    public static Expression<Func<AccountPerson, bool>> Holding { get; } = p => p.ToOn == null && (p.Role == AccountRole.Main || p.Role == AccountRole.CoHolder);

    /// <summary>Who is told what is owed on it: who holds it, and who pays for it.</summary>
    public static Expression<Func<AccountPerson, bool>> Told { get; } = p => p.ToOn == null && (p.Role == AccountRole.Main || p.Role == AccountRole.CoHolder || p.Role == AccountRole.Payer);

    public void Change(AccountRole role, bool financiallyResponsible)
    {
        (Role, FinanciallyResponsible) = (role, financiallyResponsible);
        Version++;
    }

    public void End(DateOnly on) => (ToOn, Version) = (on, Version + 1);

    /// <summary>As it was before its person was merged into another who is on the account, too.</summary>
    public void Restore(AccountRole role, bool financiallyResponsible) => (Role, FinanciallyResponsible, ToOn, Version) = (role, financiallyResponsible, null, Version + 1);

    /// <summary>Its person was merged into another.</summary>
    public void Follow() => Version++;
}

internal sealed class AccountMap : IEntityTypeConfiguration<Account>, IEntityTypeConfiguration<AccountPerson>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("account");
        builder.Ignore(a => a.Standing);
        builder.HasIndex(a => a.Number, "ux_account_number").IsUnique();
        builder.HasIndex(a => new { a.Source, a.ExternalKey }, "ux_account_external").IsUnique();
        builder.HasMany(a => a.People).WithOne().HasForeignKey(p => p.AccountId);
    }

    public void Configure(EntityTypeBuilder<AccountPerson> builder)
    {
        builder.ToTable("account_person");
        builder.HasIndex(p => p.AccountId, "ix_account_person_account");
        builder.HasIndex(p => p.PersonId, "ix_account_person_person");
        builder.HasOne<Person>().WithMany().HasForeignKey(p => p.PersonId);
    }
}
