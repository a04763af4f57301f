using System.Diagnostics.CodeAnalysis;

namespace Bridgehead.Model;

/// <summary>Either a value or the <see cref="Model.Problem"/> that prevented it.</summary>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    /// <summary>Null when the call succeeded.</summary>
    public Problem? Problem { get; }

    /// <summary>The value; throws <see cref="InvalidOperationException"/> when there is a problem instead.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.Message);

    public bool Succeeded(out T value, [NotNullWhen(false)] out Problem? problem)
    {
        value = _value!;
        problem = Problem;
        return problem is null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);
}

/// <summary>The value of an <see cref="Outcome{T}"/> that carries nothing but success.</summary>
public readonly record struct Done;
