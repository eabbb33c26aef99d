using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Billing.Standing;

/// <summary>
/// The billing system says how one account stands, and perhaps its last bills. What is as old as what is held or older changes nothing, and the answer says so:
/// messages may come twice, and in any order.
/// </summary>
internal sealed class SetStanding(AppDb db, CurrentActor actor, ICustomers customers, ISettings settings, StandingBook book) : IUse<SetStanding.Input, SetStanding.Answer>
{
    private const int MostBills = 500;

    /// <param name="Number">The account's number; or its key in <paramref name="Source"/>.</param>
    /// <param name="Source">Name of the billing system.</param>
    /// <param name="AsOf">When it was so; UTC where no zone is said.</param>
    /// <param name="Balance">In the currency of the database, as are all amounts: 84.20.</param>
    /// <param name="Bills">Those that are new or have changed; others stay.</param>
    public sealed record Input(
        string? Number, string? Source, DateTime? AsOf, decimal? Balance, decimal? PastDue = null, DateOnly? DueOn = null, DisconnectStatus? Disconnect = null, DateOnly? DisconnectOn = null,
        bool? CashOnly = null, ArrangementState? Arrangement = null, decimal? Instalment = null, DateOnly? InstalmentDueOn = null, IReadOnlyList<BillInput>? Bills = null);

    public sealed record BillInput(
        string? Number, string? Service, string? Cycle, DateOnly? FromOn, DateOnly? ToOn, decimal? Usage, string? Unit, decimal? Amount, DateOnly? BilledOn, DateOnly? PaidOn);

    /// <param name="Stored">False: what is held is as new or newer.</param>
    public sealed record Answer(bool Stored);

    public async Task<Outcome<Answer>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BillingPermissions.Standing);
        var problems = new Problems();
        var source = problems.Text(nameof(Input.Source), "Source", input.Source, 50);
        var reader = new Reader(Currency.Of(await settings.Get(HouseSettings.Currency, ct)), problems);
        var asOf = reader.AsOf(input.AsOf, db.Now);
        var balance = new Balance(
            asOf, reader.Amount(nameof(Input.Balance), "Balance", input.Balance, required: true) ?? default, reader.Amount(nameof(Input.PastDue), "Past due", input.PastDue) ?? default,
            reader.Day(nameof(Input.DueOn), input.DueOn), reader.Choice(nameof(Input.Disconnect), input.Disconnect), reader.Day(nameof(Input.DisconnectOn), input.DisconnectOn),
            input.CashOnly ?? false, reader.Choice(nameof(Input.Arrangement), input.Arrangement), reader.Amount(nameof(Input.Instalment), "Instalment", input.Instalment),
            reader.Day(nameof(Input.InstalmentDueOn), input.InstalmentDueOn));
        var bills = reader.Bills(input.Bills ?? [], asOf);
        if (problems.Any)
            return problems;
        if (await Account(source, input.Number, ct) is not { } account)
            return Problem.NotFound("The account");
        // What a machine sends may be about everybody; an employee says nothing of their own or a relative's account.
        if ((await customers.OwnAccounts([account], ct)).Count > 0)
            throw new ForbiddenException(BillingPermissions.Standing);
        return await db.InTransaction(async () =>
        {
            var stored = (await book.Keep([balance.Of(account, source, db.Now, db.Actor.Ref)], ct)).Count > 0;
            if (stored && bills.Count > 0)
                await book.Keep([.. bills.Select(b => b.Of(db.NextId(), account))], ct);
            return Outcome<Answer>.Of(new Answer(stored));
        }, ct);
    }

    private async Task<long?> Account(string source, string? typed, CancellationToken ct)
    {
        var name = TypedText.OneLine(typed, 100);
        if ((await customers.AccountIds(source, [name], ct)).TryGetValue(name, out var id) || (await customers.AccountIds(null, [name], ct)).TryGetValue(name, out id))
            return id;
        return null;
    }

    private sealed class Reader(Currency currency, Problems problems)
    {
        public DateTime AsOf(DateTime? typed, DateTime now)
        {
            if (typed is not { } at)
            {
                problems.List.Add(Problem.Required(nameof(Input.AsOf), "As of"));
                return default;
            }
            var utc = at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc);
            if (utc > now + FeedRows.Ahead || utc.Year < 1900)
                problems.Add(nameof(Input.AsOf), $"{utc:u} is not possible here.", "date.impossible");
            return utc;
        }

        public DateOnly? Day(string field, DateOnly? on)
        {
            if (on is { Year: < 1900 or > 2199 })
                problems.Add(field, $"{on:d MMM yyyy} is not possible here.", "date.impossible");
            return on;
        }

        public T Choice<T>(string field, T? value) where T : struct, Enum
        {
            if (value is { } chosen && !Enum.IsDefined(chosen))
                problems.Add(field, $"{field} is none of {string.Join(", ", Enum.GetNames<T>())}.", "choice.unknown");
            return value ?? default;
        }

        public Money? Amount(string field, string label, decimal? typed, bool required = false)
        {
            if (typed is not { } major)
            {
                if (required)
                    problems.List.Add(Problem.Required(field, label));
                return null;
            }
            if (!currency.TryOf(major, out var amount))
                problems.Add(field, $"{major} is no amount of {currency.Code}.", "amount");
            return amount;
        }

        public IReadOnlyList<Bill> Bills(IReadOnlyList<BillInput> typed, DateTime asOf)
        {
            if (typed.Count > MostBills)
            {
                problems.Add(nameof(Input.Bills), $"At most {MostBills} bills at once.", "bills.too_many");
                return [];
            }
            var bills = new Dictionary<(string, string), Bill>();
            for (var i = 0; i < typed.Count; i++)
            {
                var path = $"{nameof(Input.Bills)}[{i}]";
                if (typed[i] is not { } bill)
                {
                    problems.Add(path, "A bill is missing.", "required");
                    continue;
                }
                long? usage = null;
                if (bill.Usage is { } amount)
                {
                    if (Quantity.TryOf(amount, out var millionths))
                        usage = millionths;
                    else
                        problems.Add($"{path}.Usage", $"{amount} is more, or finer, than can be kept.", "usage");
                }
                if (bill.ToOn is null)
                    problems.List.Add(Problem.Required($"{path}.ToOn", "Last day"));
                var read = new Bill(
                    asOf, problems.Text($"{path}.Service", "Service", bill.Service, 30, required: false), problems.Text($"{path}.Number", "Number", bill.Number, 50, anyNumber: true),
                    Optional($"{path}.Cycle", bill.Cycle, 20), Day($"{path}.FromOn", bill.FromOn), Day($"{path}.ToOn", bill.ToOn) ?? default, usage, Optional($"{path}.Unit", bill.Unit, 20),
                    Amount($"{path}.Amount", "Amount", bill.Amount, required: true) ?? default, Day($"{path}.BilledOn", bill.BilledOn), Day($"{path}.PaidOn", bill.PaidOn));
                if (!bills.TryAdd((read.Service, read.Number), read))
                    problems.Add($"{path}.Number", $"The bill {read.Number} is there twice.", "bills.twice");
            }
            return [.. bills.Values];
        }

        private string? Optional(string field, string? typed, int max) => problems.Text(field, field, typed, max, required: false) is { Length: > 0 } text ? text : null;
    }
}
