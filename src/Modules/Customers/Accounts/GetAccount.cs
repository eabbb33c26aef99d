using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

/// <summary>An account with the people on it and what it supplies where. Keeps that it was looked at.</summary>
internal sealed class GetAccount(AppDb db, CurrentActor actor, PersonAccounts accounts, IAuditTrail audit, PeopleInSight sight) : IUse<GetAccount.Input, GetAccount.Found>
{
    public sealed record Input(long Id);

    public sealed record Found(CustomerAccount Account, IReadOnlyList<PremiseFact> Premises, IReadOnlyList<NoteFact> Notes);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await sight.OfAccount(input.Id, ct) == SightLevel.Closed)
        {
            await audit.Looked(new RecordRef("account", input.Id), ct, PeopleInSight.LookAtClosed);
            return PeopleInSight.ClosedProblem;
        }
        var found = await accounts.Of(input.Id, ct);
        if (found.Accounts.Count == 0)
            return Problem.NotFound("The account");
        await audit.Looked(new RecordRef("account", input.Id), ct);
        return new Found(found.Accounts[0], found.Premises, found.Notes);
    }

    /// <summary>The account with a number as printed or typed.</summary>
    public async Task<Outcome<Found>> ByNumber(string? number, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (!ReferenceNumber.TryParse(number, out var sequence))
            return new Problem("Number", "This is no account number: a digit is wrong or missing.", "account.number");
        var printed = ReferenceNumber.Format(sequence);
        var id = await db.Set<Account>().Where(a => a.Number == printed).Select(a => (long?)a.Id).SingleOrDefaultAsync(ct);
        return id is null ? Problem.NotFound("The account") : await Handle(new(id.Value), ct);
    }
}

/// <summary>An account by the number that customers read out.</summary>
internal sealed class FindAccount(GetAccount accounts) : IUse<FindAccount.Input, GetAccount.Found>
{
    public sealed record Input(string? Number);

    public Task<Outcome<GetAccount.Found>> Handle(Input input, CancellationToken ct) => accounts.ByNumber(input.Number, ct);
}
