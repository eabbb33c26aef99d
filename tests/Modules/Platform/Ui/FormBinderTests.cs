using Microsoft.Extensions.Primitives;
using Tieline.Platform;
using Tieline.Platform.Ui;
using Xunit;

namespace Tieline.Tests.Modules.Platform.Ui;

public sealed class FormBinderTests
{
    private enum Kind { Mobile, PendingStart }

    private sealed record Phone(string Number, Kind Kind, bool Main = true);

    private sealed record Address
    {
        public required string Line { get; init; }
        public DateOnly? From { get; init; }
    }

    private sealed record Input(
        string Name, string? Comment, int Count, long? TypeId, decimal Amount, Kind Kind, DateOnly? On, TimeOnly? At, bool Large, RecordRef? Subject,
        List<Phone> Phones, IReadOnlyList<string> Roles, Address? Address, Dictionary<string, string> Characteristics, string Channel = "phone");

    [Fact]
    public void Reads_every_kind_of_field()
    {
        var (input, problems) = Bind(
            ("Name", " Ana "), ("Comment", ""), ("Count", "1,200"), ("TypeId", ""), ("Amount", "-3.50"), ("Kind", "pendingstart"), ("On", "2026-03-18"), ("At", "15:30"),
            ("Large", "true"), ("Subject", "person:12"), ("Phones[0].Number", "1"), ("Phones[0].Kind", "Mobile"), ("Phones[0].Main", "false"), ("Roles", "a"), ("Address.Line", "12 Elm St"),
            ("Address.From", "3/1/2026"), ("Characteristics[METER]", "77"), ("Unknown", "x"));
        Assert.Empty(problems);
        Assert.Equal((" Ana ", null, 1200, null, -3.5m, Kind.PendingStart), (input!.Name, input.Comment, input.Count, input.TypeId, input.Amount, input.Kind));
        Assert.Equal((new DateOnly(2026, 3, 18), new TimeOnly(15, 30), true, new RecordRef("person", 12)), (input.On!.Value, input.At!.Value, input.Large, input.Subject!.Value));
        Assert.Equal([new Phone("1", Kind.Mobile, false)], input.Phones);
        Assert.Equal(["a"], input.Roles);
        Assert.Equal(new Address { Line = "12 Elm St", From = new DateOnly(2026, 3, 1) }, input.Address);
        Assert.Equal("77", input.Characteristics["METER"]);
        Assert.Equal("phone", input.Channel);
    }

    [Fact]
    public void An_empty_form_makes_an_input_without_problems()
    {
        var (input, problems) = Bind();
        Assert.Empty(problems);
        Assert.Equal(("", null, 0, false), (input!.Name, input.Comment, input.Count, input.Large));
        Assert.Empty(input.Phones);
        Assert.Empty(input.Characteristics);
        Assert.Null(input.Address);
    }

    [Theory]
    [InlineData("On", "31 February", "is not a day")]
    [InlineData("On", "2026-02-30", "is not a day")]
    [InlineData("At", "25:00", "is not a time")]
    [InlineData("Count", "many", "whole number")]
    [InlineData("Count", "99999999999999999999", "whole number")]
    [InlineData("Count", "", "missing")]
    [InlineData("Amount", "1e5", "not a number")]
    [InlineData("Kind", "7", "not one of the choices")]
    [InlineData("Kind", "Nothing", "not one of the choices")]
    [InlineData("Subject", "person", "cannot be read")]
    [InlineData("Phones[0].Kind", "Fax", "not one of the choices")]
    public void What_cannot_be_read_is_a_problem_at_its_field(string field, string typed, string complaint)
    {
        var (_, problems) = Bind((field, typed));
        var problem = Assert.Single(problems);
        Assert.Equal(field, problem.Field);
        Assert.Contains(complaint, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_close_their_gaps_and_blank_ones_are_left_out()
    {
        var form = Typed(
            ("_rows", "Phones:Number"), ("Phones[7].Number", "b"), ("Phones[7].Kind", "oops"), ("Phones[2].Number", "a"), ("Phones[2].Kind", "Mobile"), ("Phones[4].Number", " "), ("Phones[4].Kind", "Mobile"));
        var (input, problems) = FormBinder.Bind<Input>(form);
        Assert.Equal(["a", "b"], input!.Phones.Select(p => p.Number));
        Assert.Equal("Phones[1].Kind", Assert.Single(problems).Field);
        Assert.Equal("oops", form["Phones[1].Kind"]);
        Assert.Equal(2, form.Rows("phones"));
    }

    [Theory]
    [InlineData("Phones[")]
    [InlineData("Phones[]")]
    [InlineData("Phones[-1].Number")]
    [InlineData("Phones[99999999999].Number")]
    [InlineData("....")]
    [InlineData("a[b].c[d].e[f].g[h].i[j].k[l].m[n]")]
    [InlineData("")]
    public void Hostile_names_do_no_harm(string name)
    {
        var (_, problems) = Bind((name, "x"));
        Assert.Empty(problems);
    }

    [Fact]
    public void A_list_cannot_be_made_endless()
    {
        var form = TypedForm.From(Enumerable.Range(0, 2000).Select(i => KeyValuePair.Create($"Phones[{i}].Number", new StringValues("1"))));
        Assert.Equal(500, form.Rows("Phones"));
    }

    [Fact]
    public void A_field_finds_its_start_value_by_its_path()
    {
        var state = new FormState("f", null, new { Kind = Kind.PendingStart, On = new DateOnly(2026, 3, 1), Phones = new[] { new Phone("5", Kind.Mobile) }, Large = true }, []);
        Assert.Equal(("PendingStart", "2026-03-01", "5", "true", (string?)""), (state.Text("kind"), state.Text("On"), state.Text("Phones[0].Number"), state.Text("Large"), state.Text("Phones[3].Number")));
        Assert.Equal(1, state.Rows("Phones"));
    }

    private static (Input? Input, List<Tieline.Platform.Uses.Problem> Problems) Bind(params (string Name, string Value)[] fields) => FormBinder.Bind<Input>(Typed(fields));

    private static TypedForm Typed(params (string Name, string Value)[] fields) =>
        TypedForm.From(fields.Select(f => KeyValuePair.Create(f.Name, new StringValues(f.Value))));
}
