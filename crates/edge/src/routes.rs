//! The routes of a worker: path, method and handler from the handler's own annotation.
//!
//! Natively this is utoipa's router, which also makes the OpenAPI document of the annotations (`tests/openapi` writes the
//! platform's from all of them). In WASM only the router is built: descriptions were a quarter of each script.

#[cfg(not(target_family = "wasm"))]
pub use utoipa_axum::{router::OpenApiRouter as Routes, routes};

#[cfg(target_family = "wasm")]
pub use wasm::{Route, Routes};

/// The router of these routes.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn router(routes: Routes) -> axum::Router {
    routes.split_for_parts().0
}

#[cfg(target_family = "wasm")]
pub(crate) use wasm::router;

#[cfg(target_family = "wasm")]
mod wasm {
    use axum::Router;
    use axum::extract::Request;
    use axum::handler::Handler;
    use axum::response::Response;
    use axum::routing::MethodRouter;
    use std::pin::Pin;
    use std::sync::Arc;
    use utoipa::openapi::path::HttpMethod;
    use utoipa_axum::PathItemExt;

    /// What a handler will have answered.
    type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

    /// A handler whose type is forgotten: the layers that axum and tower put around one are then compiled once, and not for
    /// each handler.
    #[derive(Clone)]
    struct Erased<S>(Arc<dyn Fn(Request, S) -> Answer + Send + Sync>);

    impl<S: Clone + Send + Sync + 'static> Handler<(), S> for Erased<S> {
        type Future = Answer;

        fn call(self, request: Request, state: S) -> Answer {
            (self.0)(request, state)
        }
    }

    /// What [`crate::routes!`] makes: one path with its methods.
    pub struct Route<S> {
        path: String,
        methods: MethodRouter<S>,
    }

    impl<S: Clone> Default for Route<S> {
        fn default() -> Self {
            Self { path: String::new(), methods: MethodRouter::new() }
        }
    }

    impl<S: Clone + Send + Sync + 'static> Route<S> {
        /// The path with one more handler.
        #[must_use]
        pub fn on<T: 'static, H: Handler<T, S>>(self, path: String, methods: Vec<HttpMethod>, handler: H) -> Self {
            let handler =
                Erased(Arc::new(move |request, state| Box::pin(handler.clone().call(request, state)) as Answer));
            let on =
                |router: MethodRouter<S>, method: &HttpMethod| router.on(method.to_method_filter(), handler.clone());
            Self { path, methods: methods.iter().fold(self.methods, on) }
        }
    }

    /// Every route of a worker.
    pub struct Routes<S = ()>(Router<S>);

    impl<S: Clone + Send + Sync + 'static> Routes<S> {
        /// None yet.
        #[allow(clippy::new_without_default)] // as utoipa's
        #[must_use]
        pub fn new() -> Self {
            Self(Router::new())
        }

        /// One more path.
        #[must_use]
        pub fn routes(self, route: Route<S>) -> Self {
            Self(self.0.route(&route.path, route.methods))
        }

        /// One more path that is not described: internal calls.
        #[must_use]
        pub fn route(self, path: &str, methods: MethodRouter<S>) -> Self {
            Self(self.0.route(path, methods))
        }

        /// The routes with what their handlers need.
        #[must_use]
        pub fn with_state(self, state: S) -> Routes {
            Routes(self.0.with_state(state))
        }
    }

    /// The router of these routes.
    pub(crate) fn router(routes: Routes) -> Router {
        routes.0
    }
}

/// The handlers of one path, as `utoipa_axum::routes!` takes them.
#[cfg(target_family = "wasm")]
#[macro_export]
macro_rules! routes {
    (@one $route:expr, [$($module:ident)*] $handler:ident) => {
        $crate::annotations::paste! {{
            use $crate::annotations::Path as _;
            $route.on(
                $($module ::)* [<__path_ $handler>]::path(),
                $($module ::)* [<__path_ $handler>]::methods(),
                $($module ::)* $handler,
            )
        }}
    };
    (@one $route:expr, [$($module:ident)*] $next:ident :: $($rest:ident)::+) => {
        $crate::routes!(@one $route, [$($module)* $next] $($rest)::+)
    };
    ($($($part:ident)::+),+ $(,)?) => {{
        let route = $crate::Route::default();
        $(let route = $crate::routes!(@one route, [] $($part)::+);)+
        route
    }};
}

/// What [`crate::routes!`] expands to.
#[doc(hidden)]
#[cfg(target_family = "wasm")]
pub mod annotations {
    pub use utoipa::Path;
    pub use utoipa_axum::paste;
}
