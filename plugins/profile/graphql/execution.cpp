// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/execution.hpp"

#include "plugins/profile/graphql/input_values.hpp"
#include "plugins/profile/graphql/response_writer.hpp"
#include "plugins/profile/graphql/selection_plan.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tunnus::graphql {
namespace {

/// Where execution is, as a chain of what is on the stack.
struct Path {
    Path const* up = nullptr;
    std::string_view key;
    std::size_t index = 0;
    bool is_index = false;

    [[nodiscard]] boost::json::array to_json() const {
        boost::json::array path;
        for (auto const* step = this; step->up; step = step->up)
            path.emplace_back(step->is_index ? boost::json::value(step->index)
                                             : boost::json::value(boost::json::string(step->key)));
        std::reverse(path.begin(), path.end());
        return path;
    }
};

/// Whether a value could be written; if not, the null goes on to what stands around it (6.4.4).
enum class Completed { yes, no };

class Executor {
  public:
    Executor(Schema const& schema, Document const& document, boost::json::object const& variables,
             Context& context, Bounds const& bounds)
        : document_(document),
          context_(context),
          bounds_(bounds),
          schema_(schema),
          planner_(schema, document, variables),
          writer_(bounds.response_bytes) {}

    /// Writes `data`: an object or null.
    void run(Operation const& operation) {
        auto const& root =
            operation.type == OperationType::mutation ? *schema_.mutation() : schema_.query();
        auto plan = planner_.plan(operation.selections, root);
        if (plan.error)
            report(std::move(*plan.error), Path{}, nullptr);
        else if (write_fields(plan, root, nothing, Path{}) == Completed::yes)
            return;
        writer_.cut(0);
        writer_.raw("null");
    }
    [[nodiscard]] bool too_large() { return writer_.full(); }
    [[nodiscard]] std::string take_data() { return writer_.take(); }
    [[nodiscard]] ErrorEntries take_errors() { return std::move(errors_); }

  private:
    Completed write_fields(SelectionPlan& plan, Type const& object,
                           boost::json::value const& parent, Path const& path) {
        writer_.raw('{');
        bool first = true;
        for (auto& planned : plan.fields) {
            if (!first) writer_.raw(',');
            first = false;
            writer_.string(planned.response_key);
            writer_.raw(':');
            Path const here{&path, planned.response_key};
            auto const mark = writer_.mark();
            if (write_field(planned, object, parent, here) == Completed::no) {
                if (planned.field->type.wrapping.is_not_null()) return Completed::no;
                writer_.cut(mark);
                writer_.raw("null");
            }
            if (writer_.full()) return Completed::no;
        }
        writer_.raw('}');
        return Completed::yes;
    }

    Completed write_field(PlannedField& planned, Type const& object,
                          boost::json::value const& parent, Path const& path) {
        auto const& field = *planned.field;
        if (&field == &schema_.typename_field()) {
            writer_.string(object.name);
            return Completed::yes;
        }
        bool const ours = object.introspection || &field == &schema_.schema_field() ||
                          &field == &schema_.type_field();
        if (!ours)
            if (auto refused = context_.permit({object, field, parent}))
                return fail(std::move(*refused), planned, path);
        if (planned.argument_error) return fail(*planned.argument_error, planned, path);
        if (!field.resolve) {
            auto const* const members = parent.if_object();
            auto const* const member = members ? members->if_contains(field.name) : nullptr;
            return complete(planned, field.type, member ? *member : nothing, path);
        }
        auto resolution = field.resolve({object, field, parent, planned.arguments, context_});
        if (!resolution) return fail(resolution.error(), planned, path);
        return complete(planned, field.type, resolution->value(), path);
    }

    /// 6.4.3, CompleteValue.
    Completed complete(PlannedField& planned, TypeReference const& type,
                       boost::json::value const& value, Path const& path) {
        if (value.is_null()) {
            if (type.wrapping.is_not_null())
                return broken("null for a value that may not be null", planned, path);
            writer_.raw("null");
            return Completed::yes;
        }
        if (type.wrapping.is_list()) return complete_list(planned, type, value, path);
        switch (type.type->kind) {
            case TypeKind::scalar:
                return write_scalar(*type.type, value)
                           ? Completed::yes
                           : broken("a value that is not of its scalar type", planned, path);
            case TypeKind::enumeration:
                if (!value.is_string() || !type.type->find_value(value.get_string()))
                    return broken("a value that its enumeration does not have", planned, path);
                writer_.string(value.get_string());
                return Completed::yes;
            default:
                return complete_object(planned, *type.type, value, path);
        }
    }

    Completed complete_list(PlannedField& planned, TypeReference const& type,
                            boost::json::value const& value, Path const& path) {
        auto const* const items = value.if_array();
        if (!items) return broken("a value that is no list", planned, path);
        auto const item_type = type.item();
        writer_.raw('[');
        for (std::size_t i = 0; i < items->size(); ++i) {
            if (i > 0) writer_.raw(',');
            auto const mark = writer_.mark();
            Path const here{&path, {}, i, true};
            if (complete(planned, item_type, (*items)[i], here) == Completed::no) {
                if (item_type.wrapping.is_not_null()) return Completed::no;
                writer_.cut(mark);
                writer_.raw("null");
            }
            if (writer_.full()) return Completed::no;
        }
        writer_.raw(']');
        return Completed::yes;
    }

    Completed complete_object(PlannedField& planned, Type const& type,
                              boost::json::value const& value, Path const& path) {
        if (!value.is_object() && !type.introspection)
            return broken("a value that is no object", planned, path);
        auto const* const object = object_type(type, value);
        if (!object) return broken("an object of no type that may stand there", planned, path);
        auto& plan = planner_.plan_below(planned, *object);
        if (plan.error) return fail(*plan.error, planned, path);
        return write_fields(plan, *object, value, path);
    }

    Type const* object_type(Type const& type, boost::json::value const& value) const {
        if (type.kind == TypeKind::object) return &type;
        auto const* const name = value.get_object().if_contains("__typename");
        auto const* const object =
            name && name->is_string() ? schema_.find_type(name->get_string()) : nullptr;
        return object && type.includes(*object) ? object : nullptr;
    }

    /// 3.5, result coercion.
    bool write_scalar(Type const& type, boost::json::value const& value) {
        switch (type.built_in) {
            case BuiltIn::integer: {
                if (!value.is_int64()) return false;
                auto const number = value.get_int64();
                if (number < std::numeric_limits<std::int32_t>::min() ||
                    number > std::numeric_limits<std::int32_t>::max())
                    return false;
                writer_.integer(number);
                return true;
            }
            case BuiltIn::floating:
                if (value.is_int64())
                    writer_.integer(value.get_int64());
                else if (value.is_double() && std::isfinite(value.get_double()))
                    writer_.floating(value.get_double());
                else
                    return false;
                return true;
            case BuiltIn::string:
                if (!value.is_string()) return false;
                writer_.string(value.get_string());
                return true;
            case BuiltIn::boolean:
                if (!value.is_bool()) return false;
                writer_.raw(value.get_bool() ? "true" : "false");
                return true;
            case BuiltIn::id:
                if (value.is_int64())
                    writer_.string(std::to_string(value.get_int64()));
                else if (value.is_string())
                    writer_.string(value.get_string());
                else
                    return false;
                return true;
            case BuiltIn::none:
                break;
        }
        if (type.accepts && !type.accepts(value)) return false;
        writer_.value(value);
        return true;
    }

    void report(ErrorEntry entry, Path const& path, PlannedField const* planned) {
        if (errors_.size() >= std::max<std::size_t>(bounds_.errors, 1)) return;
        entry.path = path.to_json();
        if (planned) {
            entry.locations.clear();
            for (auto const* const selection : planned->selections)
                entry.locations.push_back(document_.location(selection->at));
        }
        errors_.push_back(std::move(entry));
    }
    Completed fail(ErrorEntry entry, PlannedField const& planned, Path const& path) {
        report(std::move(entry), path, &planned);
        return Completed::no;
    }
    Completed fail(FieldError error, PlannedField const& planned, Path const& path) {
        ErrorEntry entry;
        entry.kind = ErrorKind::field;
        entry.message = std::move(error.message);
        entry.code = std::move(error.code);
        entry.extensions = std::move(error.extensions);
        entry.detail = std::move(error.detail);
        return fail(std::move(entry), planned, path);
    }
    /// A resolver gave what its type does not allow. Ours to mend: the caller hears no more.
    Completed broken(char const* detail, PlannedField const& planned, Path const& path) {
        ErrorEntry entry;
        entry.message = "the field could not be answered";
        entry.detail = planned.field->name + ": " + detail;
        return fail(std::move(entry), planned, path);
    }

    static inline boost::json::value const nothing = nullptr;

    Document const& document_;
    Context& context_;
    Bounds const& bounds_;
    Schema const& schema_;
    Planner planner_;
    ResponseWriter writer_;
    ErrorEntries errors_;
};

}  // namespace

Checked<Operation const*> find_operation(Document const& document,
                                         std::string_view operation_name) {
    ErrorEntry entry;
    entry.kind = ErrorKind::operation;
    if (operation_name.empty()) {
        if (document.operations.size() == 1) return &document.operations.front();
        entry.message = document.operations.empty()
                            ? "the document has no operation"
                            : "operationName is needed, there is more than one operation";
        return entry;
    }
    auto const found = std::ranges::find(document.operations, operation_name, &Operation::name);
    if (found != document.operations.end()) return &*found;
    entry.message = "operationName names no operation of the document";
    return entry;
}

Response execute(Schema const& schema, Document const& document, Operation const& operation,
                 boost::json::object const& given, Context& context, Bounds const& bounds,
                 ErrorCodes const& codes) {
    Response response;
    auto const variables = coerce_variables(schema, document, operation, given, bounds);
    if (!variables) {
        response.errors = variables.error();
        response.body = refusal(response.errors, codes);
        return response;
    }
    Executor executor(schema, document, *variables, context, bounds);
    executor.run(operation);
    if (executor.too_large()) {
        auto& entry = response.errors.emplace_back();
        entry.kind = ErrorKind::limit;
        entry.message = "the response is too large";
        response.body = refusal(response.errors, codes);
        return response;
    }
    response.errors = executor.take_errors();
    response.body = "{";
    if (!response.errors.empty()) {
        boost::json::array errors;
        for (auto const& entry : response.errors)
            errors.push_back(to_json(entry, codes));
        response.body += "\"errors\":" + boost::json::serialize(errors) + ",";
    }
    response.body += "\"data\":" + executor.take_data() + "}";
    return response;
}

}  // namespace tunnus::graphql
